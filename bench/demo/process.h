/* process.h - the programs that the demonstration starts, and what it leaves behind: nothing. */
#ifndef WEIR_DEMO_PROCESS_H
#define WEIR_DEMO_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PROCESS_ARGS_MAX 16

/* Runs a program that lies beside this one and waits for it; args end with NULL, args[0] is its
 * name.  Its standard output is read into *output (released with free; NULL: passed on).  Returns
 * its exit code, or -1 with the reason on stderr. */
int process_run(const char *const *args, char **output);

/* Forks; the child runs `body` and exits with what it returns.  The child dies with its parent. */
pid_t process_fork(int (*body)(void *context), void *context);
/* Waits for it to end; its exit code, or -1 when a signal ended it. */
int process_wait(pid_t pid);
/* Ends it, however it resists, and reaps it. */
void process_kill(pid_t pid);

/* Removes a folder of our own with everything in it. */
void process_remove_tree(const char *dir);

#endif /* WEIR_DEMO_PROCESS_H */
