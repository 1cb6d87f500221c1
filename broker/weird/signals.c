/* signals.c - SIGTERM and SIGINT end the broker; SIGHUP, SIGPIPE and SIGUSR1 mean nothing to it.
 *
 * A thread waits for them, so that no code runs inside a handler. */
#include "daemon.h"

#include <signal.h>

static void *wait_for_signals(void *arg)
{
    struct signals *signals = arg;
    int number;

    while (sigwait(&signals->set, &number) == 0) {
        if (atomic_load(&signals->ending))
            break;
        if (number == SIGHUP || number == SIGUSR1)
            continue;
        atomic_store(&signals->stop, true);
        weir_hub_interrupt(signals->hub);
    }
    return NULL;
}

void signals_block(struct signals *signals)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigemptyset(&signals->set);
    sigaddset(&signals->set, SIGTERM);
    sigaddset(&signals->set, SIGINT);
    sigaddset(&signals->set, SIGHUP);
    sigaddset(&signals->set, SIGUSR1); /* wakes the thread for its end */
    pthread_sigmask(SIG_BLOCK, &signals->set, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    atomic_init(&signals->stop, false);
    atomic_init(&signals->ending, false);
}

bool signals_start(struct signals *signals, struct weir_hub *hub)
{
    signals->hub = hub;
    return pthread_create(&signals->thread, NULL, wait_for_signals, signals) == 0;
}

void signals_end(struct signals *signals)
{
    atomic_store(&signals->ending, true);
    pthread_kill(signals->thread, SIGUSR1);
    pthread_join(signals->thread, NULL);
}
