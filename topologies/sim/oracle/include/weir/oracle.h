/* oracle.h - what ought to be delivered, decided by brute force: one flat list of subscriptions,
 * each evaluated over the syntax tree of its filter.
 *
 * It knows nothing of brokers, routing, normal forms, covering or matching, so an error there
 * cannot be an error here.  Clients and notifications are the caller's numbers.  A subscription
 * owes a delivery of what is accepted while it is promised; it may deliver what matches from the
 * moment it is asked for until its end is acknowledged. */
#ifndef WEIR_ORACLE_H
#define WEIR_ORACLE_H

#include <weir/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_oracle;

WEIR_API WEIR_MUST_USE enum weir_err weir_oracle_create(struct weir_oracle **out,
                                                        const struct weir_alloc *alloc);
WEIR_API void weir_oracle_destroy(struct weir_oracle *oracle);

/* ---- the life of a subscription, named by its client and the client's id.  A life at a time. */

/* Asked for.  Errors as weir_filter_compile. */
WEIR_API WEIR_MUST_USE enum weir_err weir_oracle_subscribe(struct weir_oracle *oracle,
                                                           uint32_t client, uint32_t id,
                                                           struct weir_str text);
/* Acknowledged: what is accepted from now on is owed. */
WEIR_API void weir_oracle_promise(struct weir_oracle *oracle, uint32_t client, uint32_t id);
/* Its end is asked for: nothing is owed any more, not even what is on its way. */
WEIR_API void weir_oracle_withdraw(struct weir_oracle *oracle, uint32_t client, uint32_t id);
/* Its end is acknowledged: nothing may be delivered under it any more. */
WEIR_API void weir_oracle_end(struct weir_oracle *oracle, uint32_t client, uint32_t id);
/* The client is gone and all its subscriptions with it. */
WEIR_API void weir_oracle_client_gone(struct weir_oracle *oracle, uint32_t client);

/* ---- notifications */

/* Accepted: it is owed to every promised subscription that it matches.  `number` is greater than
 * those before; the bytes are not kept. */
WEIR_API WEIR_MUST_USE enum weir_err
weir_oracle_accept(struct weir_oracle *oracle, uint32_t number,
                   const struct weir_notification *notification);
/* It was refused after all, or is not known to have been accepted: owed to nobody. */
WEIR_API void weir_oracle_retract(struct weir_oracle *oracle, uint32_t number);
/* A client received it under these subscriptions.  NULL, or what is wrong with that; static. */
WEIR_API const char *weir_oracle_deliver(struct weir_oracle *oracle, uint32_t client,
                                         uint32_t number,
                                         const struct weir_notification *notification,
                                         const uint32_t *ids, size_t id_count);

/* Calls `visit` for all that is owed and was not delivered, then forgets the notifications. */
WEIR_API void weir_oracle_settle(struct weir_oracle *oracle,
                                 void (*visit)(void *context, uint32_t number, uint32_t client,
                                               uint32_t id),
                                 void *context);
/* Deliveries owed so far, and of them delivered. */
WEIR_API uint64_t weir_oracle_owed(const struct weir_oracle *oracle);
WEIR_API uint64_t weir_oracle_delivered(const struct weir_oracle *oracle);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_ORACLE_H */
