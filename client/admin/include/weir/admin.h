/* admin.h - one question to one broker, and its answer as JSON.
 *
 * For programs that look at several brokers in turn; broker/README.md has the questions and the
 * answers.  Not part of libweir. */
#ifndef WEIR_ADMIN_H
#define WEIR_ADMIN_H

#include <jansson.h>
#include <weir/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Connects, asks, waits for the whole answer and disconnects.  The caller releases *answer.
 * WEIR_ETIMEOUT when it has not come within timeout_ms, WEIR_EREFUSED for a question that the
 * broker does not know, WEIR_EMALFORMED for an answer that is no JSON or above WEIR_ADMIN_SIZE_MAX,
 * WEIR_ENOMEM,
 * and the errors of weir_client_poll. */
#define WEIR_ADMIN_SIZE_MAX (64u << 20)
WEIR_MUST_USE enum weir_err weir_admin_ask(json_t **answer, const char *url, const char *question,
                                           uint32_t timeout_ms);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_ADMIN_H */
