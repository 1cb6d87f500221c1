/* url.c - addresses and NNG's errors in our words. */
#include "internal.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#define PORT_MAX 65535

bool weir_url_valid(const char *url)
{
    bool ipc;

    return weiri_url_check(url, &ipc) == WEIR_OK;
}

enum weir_err weiri_url_check(const char *url, bool *ipc)
{
    size_t len = strlen(url);

    if (len >= WEIR_URL_MAX)
        return WEIR_EINVAL;
    if (strncmp(url, "ipc:///", 7) == 0) {
        if (len - 6 >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
            return WEIR_EINVAL;
        *ipc = true;
        return WEIR_OK;
    }
    if (strncmp(url, "tcp://", 6) != 0 || strchr(url + 6, '/') != NULL)
        return WEIR_EINVAL;

    const char *colon = strrchr(url + 6, ':');
    size_t digits = colon == NULL ? 0 : strspn(colon + 1, "0123456789");

    if (digits == 0 || digits > 5 || colon[1 + digits] != '\0' ||
        strtoul(colon + 1, NULL, 10) > PORT_MAX)
        return WEIR_EINVAL;
    *ipc = false;
    return WEIR_OK;
}

void weiri_address_text(const nng_sockaddr *address, char *out, size_t size)
{
    char host[INET6_ADDRSTRLEN] = "?";

    switch (address->s_family) {
    case NNG_AF_INET:
        inet_ntop(AF_INET, &address->s_in.sa_addr, host, sizeof host);
        snprintf(out, size, "%s:%u", host, (unsigned)ntohs(address->s_in.sa_port));
        break;
    case NNG_AF_INET6:
        inet_ntop(AF_INET6, address->s_in6.sa_addr, host, sizeof host);
        snprintf(out, size, "[%s]:%u", host, (unsigned)ntohs(address->s_in6.sa_port));
        break;
    default: snprintf(out, size, "?"); break;
    }
}

void weiri_pid_text(uint64_t pid, char *out, size_t size)
{
    snprintf(out, size, "pid:%" PRIu64, pid);
}

enum weir_err weiri_err_of(int nng_err)
{
    switch (nng_err) {
    case 0: return WEIR_OK;
    case NNG_ENOMEM: return WEIR_ENOMEM;
    case NNG_EADDRINUSE: return WEIR_EADDRINUSE;
    case NNG_EINVAL:
    case NNG_EADDRINVAL:
    case NNG_ENOTSUP: return WEIR_EINVAL;
    case NNG_ECLOSED:
    case NNG_ECONNSHUT:
    case NNG_ECONNRESET:
    case NNG_ECONNABORTED: return WEIR_ECLOSED;
    default: return WEIR_EIO;
    }
}
