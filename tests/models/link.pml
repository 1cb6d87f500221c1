/* link.pml - one link: covering, promises, withdrawal and reconnect, as in routing/router.
 *
 * Broker B has two subscriptions of clients, of which filter 1 covers filter 2; A has publishers.
 * Each connection is a session: both channels are empty when it begins, B tells all its roots
 * anew, then READY, at which A forgets what it held of sessions before.
 *
 * Safe:  while the link is up and no gap is open, A holds an entry that covers each subscription
 *        that is live and acknowledged; so nothing that matches it is filtered out at A.
 * Full: OPS=6.
 *
 * Live:  when nothing is left to do, each live subscription is acknowledged and the gap is over.
 *
 * Wrong variants, each of which must be refuted:
 *   WITHDRAW_FIRST       UNSUB goes out before the SUBs that it uncovers
 *   PROMISE_UNDER_COVER  a filter counts as promised as soon as another one covers it
 *   PROMISE_AT_SEND      a SUB counts as promised when it is sent
 *   PROMISE_BY_FILTER    PROMISED names the filter, not the control number
 *   NO_EPOCH             PROMISED of a session that is over is believed
 *   KEEP_PROMISES        what was promised in a session counts in the next
 *   SYNC_AT_READY        the gap ends with READY, though SUBs are under way
 *   FORGET_PROMISE       a filter that is back before its UNSUB went out is not promised any more
 *   STALE_READY          A keeps what it held before READY, and believes it covered (no replacing):
 *                        a withdrawal during the loss is never seen
 */
#ifndef OPS
#define OPS 5
#endif
#ifndef RESETS
#define RESETS 2
#endif

mtype = { SUB, UNSUB, READY };
chan control = [5] of { mtype, byte, byte }; /* B to A: filter, number or reference */
chan promised = [5] of { byte, byte };       /* A to B: number, filter */

/* B */
bool live1, live2, acked1, acked2;
bool prom1, prom2;  /* in force at A, by itself or by its cover */
bool wire1, wire2;  /* PROMISED has come for what is on the wire */
byte on1, on2;      /* number under which it is on the wire; 0: it is not */
byte seq;
bool told_ready, pend1, pend2;
bool gap = true;
byte ops, resets;
/* A: entries of this session, and of those before */
byte cur1, cur2;
bool old1, old2, was_ready;
bool up = true;

#ifdef WITHDRAW_FIRST
#define MAY_WITHDRAW true
#else
#define MAY_WITHDRAW (!ADD1 && !ADD2)
#endif
#ifdef SYNC_AT_READY
#define IN_SYNC true
#else
#define IN_SYNC (!pend1 && !pend2)
#endif
#define ROOT1 live1
#define ROOT2 (live2 && !live1)
#define ADD1 (ROOT1 && on1 == 0)
#define ADD2 (ROOT2 && on2 == 0)
#define HOLDS1 (cur1 != 0 || old1)
#define HOLDS2 (cur2 != 0 || old2)

inline check()
{
    assert(!up || gap || !(live1 && acked1) || HOLDS1);
    assert(!up || gap || !(live2 && acked2) || HOLDS1 || HOLDS2);
}

inline spread()
{
    if
    :: live1 && live2 && prom1 -> prom2 = true
    :: else
    fi;
    if
    :: live1 && prom1 -> acked1 = true; pend1 = false
    :: else
    fi;
    if
    :: live2 && prom2 -> acked2 = true; pend2 = false
    :: else
    fi;
    check()
}

inline back1() {
#ifdef FORGET_PROMISE
    prom1 = false
#else
    prom1 = wire1
#endif
}
inline back2() {
#ifdef FORGET_PROMISE
    prom2 = false
#else
    prom2 = wire2
#endif
#ifdef PROMISE_UNDER_COVER
    ;
    if
    :: live1 -> prom2 = true
    :: else
    fi
#endif
}

inline withdrawn1() { control!UNSUB, 1, on1; on1 = 0; wire1 = false }
inline withdrawn2() { control!UNSUB, 2, on2; on2 = 0; wire2 = false }

active proctype B()
{
    byte n, f;

    do
    :: atomic { ops < OPS && !live1 -> ops++; live1 = true; back1(); spread() }
    :: atomic { ops < OPS && !live2 -> ops++; live2 = true; back2(); spread() }
    :: atomic { ops < OPS && live1 -> ops++; live1 = false; acked1 = false; prom1 = false;
                pend1 = false; spread() }
    :: atomic { ops < OPS && live2 -> ops++; live2 = false; acked2 = false; prom2 = false;
                pend2 = false; spread() }
    /* additions */
    :: atomic { up && ADD1 && nfull(control) -> seq++; on1 = seq; control!SUB, 1, seq
#ifdef PROMISE_AT_SEND
                ; prom1 = true; wire1 = true; spread()
#endif
                }
    :: atomic { up && ADD2 && nfull(control) -> seq++; on2 = seq; control!SUB, 2, seq
#ifdef PROMISE_AT_SEND
                ; prom2 = true; wire2 = true; spread()
#endif
                }
    /* READY, once a session, behind them */
    :: atomic { up && !told_ready && !ADD1 && !ADD2 && nfull(control) -> told_ready = true;
                control!READY, 0, 0;
                pend1 = live1 && !prom1;
                pend2 = live2 && !prom2 }
    /* withdrawals, when nothing is to be added */
    :: atomic { up && MAY_WITHDRAW && on1 != 0 && !ROOT1 && nfull(control) -> withdrawn1() }
    :: atomic { up && MAY_WITHDRAW && on2 != 0 && !ROOT2 && nfull(control) -> withdrawn2() }
    /* promises */
    :: atomic { up && nempty(promised) -> promised?n, f;
                if
#ifdef PROMISE_BY_FILTER
                :: f == 1 && on1 != 0 -> wire1 = true; prom1 = prom1 || live1
                :: f == 2 && on2 != 0 -> wire2 = true; prom2 = prom2 || live2
#else
                :: n == on1 && on1 != 0 -> wire1 = true; prom1 = prom1 || live1
                :: n == on2 && on2 != 0 -> wire2 = true; prom2 = prom2 || live2
#endif
                :: else
                fi;
                n = 0; f = 0;
                spread() }
    /* the gap ends */
    :: atomic { up && gap && told_ready && IN_SYNC -> gap = false; check() }
    od
}

active proctype A()
{
    mtype m;
    byte f, n;

    do
    :: atomic { up && nempty(control) && nfull(promised) -> control?m, f, n;
                if
                :: m == SUB && f == 1 -> cur1 = n; promised!n, f
                :: m == SUB && f == 2 -> cur2 = n; promised!n, f
                :: m == UNSUB && cur1 == n -> cur1 = 0
                :: m == UNSUB && cur2 == n -> cur2 = 0
                :: m == UNSUB && cur1 != n && cur2 != n -> skip
                :: m == READY -> was_ready = true
#ifndef STALE_READY
                   ; old1 = false; old2 = false
#endif
                fi;
                m = 0; f = 0; n = 0;
                check() }
    od
}

/* The connection goes and comes back: a table of which A heard READY is kept, a part is not. */
active proctype Net()
{
    mtype m;
    byte f, n;

    do
    :: atomic { up && resets < RESETS -> resets++; up = false; gap = true;
                if
                :: was_ready -> old1 = old1 || cur1 != 0; old2 = old2 || cur2 != 0
                :: else
                fi;
                cur1 = 0; cur2 = 0; was_ready = false;
                on1 = 0; on2 = 0; wire1 = false; wire2 = false; seq = 0;
                told_ready = false; pend1 = false; pend2 = false;
                do
                :: nempty(control) -> control?m, f, n
                :: empty(control) -> break
                od;
#ifndef NO_EPOCH
                do
                :: nempty(promised) -> promised?n, f
                :: empty(promised) -> break
                od;
#endif
                m = 0; f = 0; n = 0 }
    :: atomic { !up -> up = true;
#ifndef KEEP_PROMISES
                prom1 = false; prom2 = false
#endif
                }
    od
}

/* When nobody can do anything. */
active proctype End()
{
    atomic { timeout ->
             assert(up && !gap && told_ready);
             assert(!live1 || acked1);
             assert(!live2 || acked2);
             assert(on1 != 0 || !ROOT1);
             assert((HOLDS1 && live1) || !HOLDS1);
             assert((HOLDS2 && live2 && !live1) || !HOLDS2) }
}
