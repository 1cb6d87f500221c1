/* oracle.c - the flat list and the brute force. */
#include <weir/oracle.h>

#include <weir/alloc.h>

enum state { ASKED, PROMISED, WITHDRAWN, ENDED };

struct subscription {
    uint32_t client, id;
    enum state state;
    struct weir_filter *filter;
};

/* A delivery that is owed, or was made. */
struct debt {
    uint32_t number, subscription;
    bool owed, delivered;
};

struct weir_oracle {
    const struct weir_alloc *alloc;
    struct weir_scratch *scratch;
    struct subscription *subscriptions; /* ended ones stay while debts refer to them */
    size_t subscription_count, subscription_capacity;
    struct debt *debts; /* numbers ascending as they were accepted */
    size_t debt_count, debt_capacity;
    uint64_t owed, delivered;
};

static struct subscription *find(const struct weir_oracle *oracle, uint32_t client, uint32_t id);
static struct debt *find_debt(const struct weir_oracle *oracle, uint32_t number,
                              uint32_t subscription);
static void cancel(struct weir_oracle *oracle, const struct subscription *subscription);
static enum weir_err add_debt(struct weir_oracle *oracle, struct debt debt);
static const char *deliver_one(struct weir_oracle *oracle, uint32_t client, uint32_t id,
                               uint32_t number, const struct weir_notification *notification);

enum weir_err weir_oracle_create(struct weir_oracle **out, const struct weir_alloc *alloc)
{
    struct weir_oracle *oracle = weiri_alloc_zeroed(alloc, 1, sizeof *oracle);
    if (!oracle)
        return WEIR_ENOMEM;
    oracle->alloc = alloc;
    enum weir_err err = weir_scratch_create(&oracle->scratch, alloc);
    if (err != WEIR_OK) {
        weiri_release(alloc, oracle);
        return err;
    }
    *out = oracle;
    return WEIR_OK;
}

void weir_oracle_destroy(struct weir_oracle *oracle)
{
    if (!oracle)
        return;
    for (size_t i = 0; i < oracle->subscription_count; i++)
        weir_filter_destroy(oracle->subscriptions[i].filter);
    weiri_release(oracle->alloc, oracle->subscriptions);
    weiri_release(oracle->alloc, oracle->debts);
    weir_scratch_destroy(oracle->scratch);
    weiri_release(oracle->alloc, oracle);
}

/* ---- subscriptions */

enum weir_err weir_oracle_subscribe(struct weir_oracle *oracle, uint32_t client, uint32_t id,
                                    struct weir_str text)
{
    struct subscription *v =
        weiri_array_grow(oracle->alloc, oracle->subscriptions, &oracle->subscription_capacity,
                         oracle->subscription_count + 1, sizeof *v);
    if (!v)
        return WEIR_ENOMEM;
    oracle->subscriptions = v;
    struct weir_diags diags;
    struct weir_filter *filter;
    enum weir_err err = weir_filter_compile(&filter, text, &diags, oracle->alloc);
    if (err != WEIR_OK)
        return err;
    v[oracle->subscription_count++] = (struct subscription){client, id, ASKED, filter};
    return WEIR_OK;
}

void weir_oracle_promise(struct weir_oracle *oracle, uint32_t client, uint32_t id)
{
    struct subscription *s = find(oracle, client, id);
    if (s && s->state == ASKED)
        s->state = PROMISED;
}

void weir_oracle_withdraw(struct weir_oracle *oracle, uint32_t client, uint32_t id)
{
    struct subscription *s = find(oracle, client, id);
    if (!s)
        return;
    s->state = WITHDRAWN;
    cancel(oracle, s);
}

void weir_oracle_end(struct weir_oracle *oracle, uint32_t client, uint32_t id)
{
    struct subscription *s = find(oracle, client, id);
    if (!s)
        return;
    s->state = ENDED;
    cancel(oracle, s);
}

void weir_oracle_client_gone(struct weir_oracle *oracle, uint32_t client)
{
    for (size_t i = 0; i < oracle->subscription_count; i++) {
        struct subscription *s = &oracle->subscriptions[i];
        if (s->client != client || s->state == ENDED)
            continue;
        s->state = ENDED;
        cancel(oracle, s);
    }
}

/* The latest life of it; NULL after its end. */
static struct subscription *find(const struct weir_oracle *oracle, uint32_t client, uint32_t id)
{
    for (size_t i = oracle->subscription_count; i-- > 0;) {
        struct subscription *s = &oracle->subscriptions[i];
        if (s->client == client && s->id == id)
            return s->state == ENDED ? NULL : s;
    }
    return NULL;
}

static void cancel(struct weir_oracle *oracle, const struct subscription *subscription)
{
    uint32_t index = (uint32_t)(subscription - oracle->subscriptions);
    for (size_t i = 0; i < oracle->debt_count; i++) {
        struct debt *d = &oracle->debts[i];
        if (d->subscription != index || !d->owed)
            continue;
        d->owed = false;
        oracle->owed -= !d->delivered;
    }
}

/* ---- notifications */

enum weir_err weir_oracle_accept(struct weir_oracle *oracle, uint32_t number,
                                 const struct weir_notification *notification)
{
    for (size_t i = 0; i < oracle->subscription_count; i++) {
        const struct subscription *s = &oracle->subscriptions[i];
        if (s->state != PROMISED ||
            weir_filter_eval(s->filter, notification, oracle->scratch) != WEIR_TRUE)
            continue;
        enum weir_err err = add_debt(oracle, (struct debt){number, (uint32_t)i, true, false});
        if (err != WEIR_OK)
            return err;
        oracle->owed++;
    }
    return WEIR_OK;
}

void weir_oracle_retract(struct weir_oracle *oracle, uint32_t number)
{
    for (size_t i = 0; i < oracle->debt_count; i++) {
        struct debt *d = &oracle->debts[i];
        if (d->number != number || !d->owed)
            continue;
        d->owed = false;
        oracle->owed -= !d->delivered;
    }
}

const char *weir_oracle_deliver(struct weir_oracle *oracle, uint32_t client, uint32_t number,
                                const struct weir_notification *notification, const uint32_t *ids,
                                size_t id_count)
{
    if (id_count == 0)
        return "delivered under no subscription";
    for (size_t i = 0; i < id_count; i++) {
        const char *wrong = deliver_one(oracle, client, ids[i], number, notification);
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *deliver_one(struct weir_oracle *oracle, uint32_t client, uint32_t id,
                               uint32_t number, const struct weir_notification *notification)
{
    const struct subscription *s = find(oracle, client, id);
    if (!s)
        return "delivered under a subscription that has ended or never was";
    if (weir_filter_eval(s->filter, notification, oracle->scratch) != WEIR_TRUE)
        return "delivered under a subscription that it does not match";
    uint32_t index = (uint32_t)(s - oracle->subscriptions);
    struct debt *d = find_debt(oracle, number, index);
    if (d && d->delivered)
        return "delivered twice";
    if (!d)
        return add_debt(oracle, (struct debt){number, index, false, true}) == WEIR_OK
                   ? NULL
                   : "the oracle is out of memory";
    d->delivered = true;
    oracle->delivered += d->owed;
    return NULL;
}

static struct debt *find_debt(const struct weir_oracle *oracle, uint32_t number,
                              uint32_t subscription)
{
    for (size_t i = oracle->debt_count; i-- > 0;)
        if (oracle->debts[i].number == number && oracle->debts[i].subscription == subscription)
            return &oracle->debts[i];
    return NULL;
}

static enum weir_err add_debt(struct weir_oracle *oracle, struct debt debt)
{
    struct debt *v = weiri_array_grow(oracle->alloc, oracle->debts, &oracle->debt_capacity,
                                      oracle->debt_count + 1, sizeof *v);
    if (!v)
        return WEIR_ENOMEM;
    oracle->debts = v;
    v[oracle->debt_count++] = debt;
    return WEIR_OK;
}

void weir_oracle_settle(struct weir_oracle *oracle,
                        void (*visit)(void *context, uint32_t number, uint32_t client, uint32_t id),
                        void *context)
{
    for (size_t i = 0; i < oracle->debt_count; i++) {
        const struct debt *d = &oracle->debts[i];
        const struct subscription *s = &oracle->subscriptions[d->subscription];
        if (d->owed && !d->delivered)
            visit(context, d->number, s->client, s->id);
    }
    oracle->debt_count = 0;
    size_t kept = 0;
    for (size_t i = 0; i < oracle->subscription_count; i++) {
        if (oracle->subscriptions[i].state == ENDED)
            weir_filter_destroy(oracle->subscriptions[i].filter);
        else
            oracle->subscriptions[kept++] = oracle->subscriptions[i];
    }
    oracle->subscription_count = kept;
}

uint64_t weir_oracle_owed(const struct weir_oracle *oracle)
{
    return oracle->owed;
}

uint64_t weir_oracle_delivered(const struct weir_oracle *oracle)
{
    return oracle->delivered;
}
