/* overlay_run.c - starting, watching and ending the brokers. */
#include "overlay.h"
#include "session.h"

#include <weir/admin.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEP_MS 10u
#define START_MS 20000u /* until a broker listens */
#define SYNC_MS 60000u  /* until all tables are synchronised */
#define ASK_MS 5000u
#define END_MS 10000u /* after SIGTERM */
#define LOG_TAIL 2000

static bool weird_path(char out[OVERLAY_PATH_SIZE]);
static int start_broker(struct overlay *overlay, struct overlay_broker *broker);
static void become_weird(const struct overlay *overlay, const char *weird, const char *base);
static int wait_ready(struct overlay *overlay, struct overlay_broker *broker);
static int wait_step(struct overlay *overlay);
static bool read_address(struct overlay_broker *broker);
static int report_end(const struct overlay *overlay, struct overlay_broker *broker, int status);
static void print_log_tail(const struct overlay_broker *broker);
static int wait_synchronised(struct overlay *overlay);
static bool is_synchronised(const struct overlay_broker *broker);
static struct overlay_broker *reap(struct overlay *overlay, int *status);

int overlay_start(struct overlay *overlay)
{
    for (uint32_t i = 0; i < overlay->count; i++) {
        uint32_t index = overlay->order[i];
        int status = CMD_FAILED;

        if (overlay_write_config(overlay, index))
            status = start_broker(overlay, &overlay->brokers[index]);
        if (status == CMD_OK)
            status = wait_ready(overlay, &overlay->brokers[index]);
        if (status == CMD_OK && !overlay_write_config(overlay, index))
            status = CMD_FAILED;
        if (status != CMD_OK)
            return status;
    }
    return wait_synchronised(overlay);
}

/* ---- starting one */

static bool weird_path(char out[OVERLAY_PATH_SIZE])
{
    ssize_t len = readlink("/proc/self/exe", out, OVERLAY_PATH_SIZE - 8);
    char *slash;

    if (len <= 0)
        return false;
    out[len] = '\0';
    slash = strrchr(out, '/');
    memcpy(slash + 1, "weird", sizeof "weird");
    return access(out, X_OK) == 0;
}

static int start_broker(struct overlay *overlay, struct overlay_broker *broker)
{
    char weird[OVERLAY_PATH_SIZE];

    if (!weird_path(weird)) {
        cmd_error(overlay->command, "there is no program weird beside weir");
        return CMD_FAILED;
    }
    broker->pid = fork();
    if (broker->pid == 0)
        become_weird(overlay, weird, broker->base);
    if (broker->pid < 0) {
        broker->pid = 0;
        cmd_error(overlay->command, "cannot start a process: %s", strerror(errno));
        return CMD_FAILED;
    }
    return CMD_OK;
}

/* In a session of its own, so that an interrupt at the terminal reaches only this program, which
 * ends its brokers in order. */
static void become_weird(const struct overlay *overlay, const char *weird, const char *base)
{
    char config[OVERLAY_PATH_SIZE], log[OVERLAY_PATH_SIZE];
    sigset_t none;
    int in = open("/dev/null", O_RDONLY), out;

    overlay_path(config, base, "json");
    overlay_path(log, base, "log");
    out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(127);
    setsid();
    if (!overlay->detached)
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execl(weird, weird, "--config", config, (char *)NULL);
    _exit(127);
}

static int wait_ready(struct overlay *overlay, struct overlay_broker *broker)
{
    for (uint64_t start_ns = clock_ns(); !has_passed(start_ns, START_MS);) {
        int status;

        if (read_address(broker))
            return CMD_OK;
        status = wait_step(overlay);
        if (status != CMD_OK)
            return status;
    }
    cmd_error(overlay->command, "broker %s does not get ready", broker->name);
    print_log_tail(broker);
    return CMD_FAILED;
}

/* Waits a little; CMD_OK unless it was interrupted or a broker has ended. */
static int wait_step(struct overlay *overlay)
{
    struct overlay_broker *ended;
    int number = overlay_wait(STEP_MS), status;

    if (number == SIGINT || number == SIGTERM)
        return CMD_INTERRUPTED;
    ended = reap(overlay, &status);
    return ended == NULL ? CMD_OK : report_end(overlay, ended, status);
}

/* The file appears whole; its first line is what neighbours and clients dial. */
static bool read_address(struct overlay_broker *broker)
{
    char path[OVERLAY_PATH_SIZE];
    FILE *file;
    bool ok;

    overlay_path(path, broker->base, "addr");
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    ok = fgets(broker->url, sizeof broker->url, file) != NULL;
    broker->url[strcspn(broker->url, "\n")] = '\0';
    fclose(file);
    return ok && broker->url[0] != '\0';
}

/* A broker's own exit codes for configuration and addresses are ours. */
static int report_end(const struct overlay *overlay, struct overlay_broker *broker, int status)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

    if (code >= 0)
        cmd_error(overlay->command, "broker %s ended with exit code %d", broker->name, code);
    else
        cmd_error(overlay->command, "broker %s was ended by signal %d", broker->name,
                  WTERMSIG(status));
    print_log_tail(broker);
    return code == CMD_LISTEN || code == CMD_CONFIGURATION ? code : CMD_FAILED;
}

static void print_log_tail(const struct overlay_broker *broker)
{
    char path[OVERLAY_PATH_SIZE], text[LOG_TAIL + 1];
    FILE *file;
    size_t len;

    overlay_path(path, broker->base, "log");
    file = fopen(path, "r");
    if (file == NULL)
        return;
    if (fseek(file, -LOG_TAIL, SEEK_END) != 0)
        rewind(file);
    len = fread(text, 1, LOG_TAIL, file);
    text[len] = '\0';
    fputs(text, stderr);
    fclose(file);
}

/* ---- all together */

static int wait_synchronised(struct overlay *overlay)
{
    uint64_t start_ns = clock_ns();

    for (uint32_t i = 0; i < overlay->count;) {
        int status;

        if (is_synchronised(&overlay->brokers[i])) {
            i++;
            continue;
        }
        status = wait_step(overlay);
        if (status != CMD_OK)
            return status;
        if (has_passed(start_ns, SYNC_MS)) {
            cmd_error(overlay->command, "the links of broker %s do not come up",
                      overlay->brokers[i].name);
            print_log_tail(&overlay->brokers[i]);
            return CMD_FAILED;
        }
    }
    return CMD_OK;
}

static bool is_synchronised(const struct overlay_broker *broker)
{
    json_t *answer = NULL;
    const json_t *link;
    uint32_t ready = 0;
    size_t i;

    if (weir_admin_ask(&answer, broker->url, "link limit=10000", ASK_MS) != WEIR_OK)
        return false;
    json_array_foreach(json_object_get(answer, "items"), i, link)
    {
        const char *role = json_string_value(json_object_get(link, "role"));

        ready += role != NULL && strcmp(role, "broker") == 0 &&
                 json_is_true(json_object_get(link, "ready_in")) &&
                 json_is_true(json_object_get(link, "ready_out"));
    }
    json_decref(answer);
    return ready == broker->degree;
}

int overlay_watch(struct overlay *overlay)
{
    uint32_t running = overlay->count;

    while (running > 0) {
        struct overlay_broker *ended;
        int number = overlay_wait(60000), status;

        if (number == SIGINT || number == SIGTERM)
            return CMD_OK;
        while ((ended = reap(overlay, &status)) != NULL) {
            (void)report_end(overlay, ended, status);
            running--;
        }
    }
    return CMD_FAILED;
}

static struct overlay_broker *reap(struct overlay *overlay, int *status)
{
    pid_t pid = waitpid(-1, status, WNOHANG);

    for (uint32_t i = 0; pid > 0 && i < overlay->count; i++) {
        if (overlay->brokers[i].pid == pid) {
            overlay->brokers[i].pid = 0;
            return &overlay->brokers[i];
        }
    }
    return NULL;
}

void overlay_stop(struct overlay *overlay)
{
    uint64_t start_ns = clock_ns();

    for (uint32_t i = 0; i < overlay->count; i++)
        if (overlay->brokers[i].pid > 0)
            kill(overlay->brokers[i].pid, SIGTERM);
    for (uint32_t i = 0; i < overlay->count;) {
        int status;

        if (overlay->brokers[i].pid == 0) {
            i++;
        } else if (reap(overlay, &status) == NULL) {
            (void)overlay_wait(STEP_MS);
            if (has_passed(start_ns, END_MS))
                kill(overlay->brokers[i].pid, SIGKILL);
        }
    }
    for (uint32_t i = 0; i < overlay->count; i++)
        overlay_remove_files(overlay->brokers[i].base);
    if (rmdir(overlay->dir) != 0)
        cmd_error(overlay->command, "could not remove %s: %s", overlay->dir, strerror(errno));
}
