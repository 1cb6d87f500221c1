/* jms.h - the tokens of message selectors. */
#ifndef WEIR_CONVERT_JMS_H
#define WEIR_CONVERT_JMS_H

#include "internal.h"

enum jms_token_kind {
    JMS_END,
    JMS_NAME,
    JMS_STRING,
    JMS_NUMBER,
    JMS_LEFT,
    JMS_RIGHT,
    JMS_COMMA,
    JMS_PLUS,
    JMS_MINUS,
    JMS_STAR,
    JMS_SLASH,
    JMS_EQ,
    JMS_NE,
    JMS_LT,
    JMS_LE,
    JMS_GT,
    JMS_GE,
    JMS_AND,
    JMS_OR,
    JMS_NOT,
    JMS_BETWEEN,
    JMS_LIKE,
    JMS_IN,
    JMS_IS,
    JMS_NULL,
    JMS_ESCAPE,
    JMS_TRUE,
    JMS_FALSE
};

struct jms_token {
    enum jms_token_kind kind;
    struct weiri_span span;
};

/* The token at c->at, after blanks. */
bool weiri_jms_next(struct weiri_convert *c, struct jms_token *token);
/* Puts out a literal of Java, with the sign that stood before it. */
bool weiri_jms_emit_number(struct weiri_convert *c, struct weiri_span span, bool negative);
void weiri_jms_emit_string(struct weiri_convert *c, struct weiri_span span);

#endif /* WEIR_CONVERT_JMS_H */
