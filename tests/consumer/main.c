/* main.c - the smallest program that an outsider may write against libweir. */
#include <weir/client.h>

#include <stdio.h>

int main(void)
{
    puts(weir_version());
    return 0;
}
