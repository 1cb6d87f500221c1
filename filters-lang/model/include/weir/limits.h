/* limits.h - every limit on what a user or a peer may send.
 *
 * Checked where data enters: by the notification builder and validator, the filter compiler, the
 * frame decoder and the router.  Sizes are in bytes, depths and counts plain. */
#ifndef WEIR_LIMITS_H
#define WEIR_LIMITS_H

/* Notifications */
#define WEIR_ATTRS_MAX 128                 /* attributes of one notification, $-attributes aside */
#define WEIR_NAME_LEN_MAX 255              /* bytes of an attribute's name */
#define WEIR_STRING_LEN_MAX 65535          /* bytes of a string value */
#define WEIR_NOTIFICATION_SIZE_MAX 1048576 /* encoded size, body included, stamps aside */

/* Filters */
#define WEIR_FILTER_TEXT_MAX 4096                          /* bytes of a filter's text */
#define WEIR_FILTER_PRINTED_MAX (4 * WEIR_FILTER_TEXT_MAX) /* of its canonical text */
#define WEIR_FILTER_DEPTH_MAX 32                           /* nesting */
#define WEIR_FILTER_LEAVES_MAX 256  /* predicates of one filter; also values of one IN */
#define WEIR_PATTERN_LEN_MAX 512    /* bytes of a MATCHES pattern */
#define WEIR_CONJUNCTIONS_MAX 128   /* of a normal form; beyond that a wider hull */
#define WEIR_NORMAL_SIZE_MAX 262144 /* bytes of an encoded normal form */
#define WEIR_DIAGS_MAX 5            /* errors and warnings reported at once */

/* Overlay */
#define WEIR_BROKER_NAME_MAX 64         /* bytes of a broker's or client's name */
#define WEIR_BROKERS_MAX 4096           /* brokers in one overlay */
#define WEIR_LINKS_MAX 1024             /* broker links of one broker */
#define WEIR_CLIENTS_MAX 65536          /* client sessions of one broker */
#define WEIR_CLIENT_FILTERS_MAX 1048576 /* subscriptions and advertisements of one session */
#define WEIR_LINK_FILTERS_MAX 4194304   /* entries of one kind held for one broker link */

/* Frames */
#define WEIR_FRAME_SIZE_MAX (WEIR_NOTIFICATION_SIZE_MAX + 65536) /* one frame, header included */

#endif /* WEIR_LIMITS_H */
