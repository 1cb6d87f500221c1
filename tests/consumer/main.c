/* main.c - the smallest program that an outsider may write against libweir. */
#include <weir/client.h>

#include <stdio.h>

int main(void)
{
    const struct weir_client_callbacks callbacks = {0};
    struct weir_client_options options = {.url = "nonsense", .callbacks = &callbacks};
    struct weir_client *client = NULL;

    if (weir_client_create(&client, &options) != WEIR_EINVAL)
        return 1;
    options.url = "ipc:///nonexistent/weir";
    if (weir_client_create(&client, &options) != WEIR_OK)
        return 2;
    if (weir_client_connected(client))
        return 3;
    weir_client_destroy(client);
    puts("created and destroyed");
    return 0;
}
