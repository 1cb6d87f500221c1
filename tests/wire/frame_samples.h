/* frame_samples.h - one frame or more of each type, and its bytes, packed by hand from
 * routing/PROTOCOL.md: what is here cannot change without a new version of the protocol. */
#ifndef TESTS_WIRE_FRAME_SAMPLES_H
#define TESTS_WIRE_FRAME_SAMPLES_H

#include <weir/frame.h>

#define S(literal)                     \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }
#define ITEMS(literal) (const uint8_t *)(literal)

static const struct {
    struct weir_frame frame;
    const char *bytes; /* in hexadecimal */
} samples[] = {
    {{WEIR_FRAME_HELLO,
      {.hello = {WEIR_HELLO_MAGIC, 1, 1, WEIR_ROLE_BROKER, 0x51, 0x4142434445464748,
                 0x0102030405060708, 5000, 1114112, 0x8182838485868788, S("b1")}}},
     "36000000010000005745495201010151484746454443424108070605040302018813000000001100"
     "8887868584838281020000006231"                                                                                                                  },
    {{WEIR_FRAME_HELLO,
      {.hello = {WEIR_HELLO_MAGIC, 1, 3, WEIR_ROLE_CLIENT, 0, 7, 8, 9, 10, 11, S("")}}},
     "3400000001000000574549520103020007000000000000000800000000000000090000000a000000"
     "0b0000000000000000000000"                                                                                                                      },
    {{WEIR_FRAME_CLOSE, {.close = {WEIR_REASON_SLOW, S("too slow")}}},
     "1600000002000000070008000000746f6f20736c6f77"                                                                                                  },
    {{WEIR_FRAME_HEARTBEAT, {.heartbeat = {0x0102030405060708, 0x1112131415161718}}},
     "180000000300000008070605040302011817161514131211"                                                                                              },
    {{WEIR_FRAME_LSA,
      {.lsa = {1, 2, 3, S("b7"), 2,
               ITEMS("\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x03\0\0\0"
                     "\x04\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\x06\0\0\0")}}},
     "52000000100000000100000000000000020000000000000003000000000000000200000062370200"
     "00000100000000000000020000000000000003000000040000000000000005000000000000000600"
     "0000"                                                                                                                                          },
    {{WEIR_FRAME_SUB,
      {.sub = {{0x1112131415161718, 0x2122232425262728, 0x31323334}, 9, S("normal")}}},
     "2a00000011000000181716151413121128272625242322213433323109000000000000006e6f726d"
     "616c"                                                                                                                                          },
    {{WEIR_FRAME_UNSUB, {.unsub = {{0x1112131415161718, 0x2122232425262728, 0x31323334}, 9, 10}}},
     "2c00000012000000181716151413121128272625242322213433323109000000000000000a000000"
     "00000000"                                                                                                                                      },
    {{WEIR_FRAME_ADV, {.sub = {{0x1112131415161718, 0x2122232425262728, 0x31323334}, 9, S("")}}},
     "240000001300000018171615141312112827262524232221343332310900000000000000"                                                                      },
    {{WEIR_FRAME_READY, {.ready = {{0x1112131415161718, 0x2122232425262728, 0x31323334}, 9}}},
     "240000001400000018171615141312112827262524232221343332310900000000000000"                                                                      },
    {{WEIR_FRAME_ACK, {.ack = {9, 10}}},                                                           "180000001500000009000000000000000a00000000000000"},
    {{WEIR_FRAME_PROMISED,
      {.promised = {9, 2,
                    ITEMS("\x01\0\0\0\0\0\0\0"
                          "\0\x01\0\0\0\0\0\0")}}},
     "240000001600000009000000000000000200000001000000000000000001000000000000"                                                                      },
    {{WEIR_FRAME_CREDIT, {.credit = {{0x1112131415161718, 0x2122232425262728, 0x31323334}, 9}}},
     "240000001700000018171615141312112827262524232221343332310900000000000000"                                                                      },
    {{WEIR_FRAME_DATA,
      {.data = {1,
                2,
                {0x1112131415161718, 0x2122232425262728, 0x31323334},
                3,
                4,
                5,
                1,
                6,
                S("notification")}}},
     "52000000200000000100000000000000020000000000000018171615141312112827262524232221"
     "3433323103000000000000000400000000000000050000000000000001066e6f7469666963617469"
     "6f6e"                                                                                                                                          },
    {{WEIR_FRAME_UNADV, {.unsub = {{0x1112131415161718, 0x2122232425262728, 0x31323334}, 0, 10}}},
     "2c00000021000000181716151413121128272625242322213433323100000000000000000a000000"
     "00000000"                                                                                                                                      },
    {{WEIR_FRAME_GAP, {.gap = {1, 2, 0, S("b1"), S("b2")}}},
     "25000000220000000100000000000000020000000000000000020000006231020000006232"                                                                    },
    {{WEIR_FRAME_SUBSCRIBE, {.subscribe = {1, S("price > 5")}}},
     "1500000030000000010000007072696365203e2035"                                                                                                    },
    {{WEIR_FRAME_UNSUBSCRIBE, {.id = {2}}},                                                        "0c0000003100000002000000"                        },
    {{WEIR_FRAME_ADVERTISE, {.subscribe = {3, S("")}}},                                            "0c0000003200000003000000"                        },
    {{WEIR_FRAME_UNADVERTISE, {.id = {4}}},                                                        "0c0000003300000004000000"                        },
    {{WEIR_FRAME_PUBLISH, {.publish = {1, 2, 1, S("notification")}}},
     "250000003400000001000000000000000200000000000000016e6f74696669636174696f6e"                                                                    },
    {{WEIR_FRAME_QUERY, {.query = {5, S("link")}}},                                                "1000000035000000050000006c696e6b"                },
    {{WEIR_FRAME_SUBACK, {.outcome = {0, WEIR_REASON_FILTER, S("why")}}},
     "1100000040000000000000000c00776879"                                                                                                            },
    {{WEIR_FRAME_UNSUBACK, {.outcome = {1, WEIR_REASON_FILTER, S("why")}}},
     "1100000041000000010000000c00776879"                                                                                                            },
    {{WEIR_FRAME_ADVACK, {.outcome = {2, WEIR_REASON_FILTER, S("why")}}},
     "1100000042000000020000000c00776879"                                                                                                            },
    {{WEIR_FRAME_UNADVACK, {.outcome = {3, WEIR_REASON_FILTER, S("why")}}},
     "1100000043000000030000000c00776879"                                                                                                            },
    {{WEIR_FRAME_PUBACK, {.puback = {0xFFFFFFFFFFFFFFFF}}},                                        "1000000044000000ffffffffffffffff"                },
    {{WEIR_FRAME_PUBREFUSED, {.pubrefused = {1, WEIR_REASON_CONFORMANCE, S("why")}}},
     "150000004500000001000000000000000e00776879"                                                                                                    },
    {{WEIR_FRAME_DELIVER,
      {.deliver = {1, 2, 3, 4, 5, 1, 6, 2,
                   ITEMS("\x07\0\0\0"
                         "\x08\0\0\0"),
                   S("notification")}}},
     "4a000000460000000100000000000000020000000000000003000000000000000400000000000000"
     "050000000000000001060200000007000000080000006e6f74696669636174696f6e"                                                                          },
    {{WEIR_FRAME_NOTICE, {.gap = {1, 2, 1, S("b1"), S("b2")}}},
     "25000000470000000100000000000000020000000000000001020000006231020000006232"                                                                    },
    {{WEIR_FRAME_REPLY, {.reply = {1, 1, WEIR_REASON_NONE, S("[]")}}},
     "1100000048000000010000000100005b5d"                                                                                                            },
};

#define SAMPLE_COUNT (sizeof samples / sizeof samples[0])
#define SAMPLE_SIZE_MAX 256

/* Returns the size. */
static inline size_t sample_bytes(uint8_t *out, size_t index)
{
    const char *hex = samples[index].bytes;
    size_t size = 0;

    for (; hex[0] != '\0'; hex += 2) {
        unsigned high = (unsigned)(hex[0] <= '9' ? hex[0] - '0' : hex[0] - 'a' + 10);
        unsigned low = (unsigned)(hex[1] <= '9' ? hex[1] - '0' : hex[1] - 'a' + 10);

        out[size++] = (uint8_t)(high << 4 | low);
    }
    return size;
}

#endif /* TESTS_WIRE_FRAME_SAMPLES_H */
