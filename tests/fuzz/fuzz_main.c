/* fuzz_main.c - replays corpus files through a fuzzer where libFuzzer is absent.
 *
 * Each argument is a file or a directory of files.  The program fails if it has replayed
 * nothing, so that a lost corpus does not pass for a green test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay_path(const char *path, size_t *count);
static void replay_directory(const char *path, size_t *count);
static void replay_file(const char *path, size_t size);
static void die(const char *what, const char *path);

int main(int argc, char **argv)
{
    size_t count = 0;

    for (int i = 1; i < argc; i++)
        replay_path(argv[i], &count);
    printf("%zu inputs replayed\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void replay_path(const char *path, size_t *count)
{
    struct stat st;

    if (stat(path, &st) != 0)
        die("stat", path);
    if (S_ISDIR(st.st_mode)) {
        replay_directory(path, count);
    } else {
        replay_file(path, (size_t)st.st_size);
        *count += 1;
    }
}

static void replay_directory(const char *path, size_t *count)
{
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);

    if (n < 0)
        die("scandir", path);
    for (int i = 0; i < n; i++) {
        char child[4096];

        if (names[i]->d_name[0] != '.') {
            int len = snprintf(child, sizeof child, "%s/%s", path, names[i]->d_name);

            if (len < 0 || (size_t)len >= sizeof child)
                die("name too long below", path);
            replay_path(child, count);
        }
        free(names[i]);
    }
    free(names);
}

/* The input is handed over in a heap block of exactly its size, for the address sanitizer. */
static void replay_file(const char *path, size_t size)
{
    uint8_t *data = malloc(size > 0 ? size : 1);
    FILE *file = fopen(path, "rb");

    if (data == NULL || file == NULL || fread(data, 1, size, file) != size)
        die("read", path);
    fclose(file);
    fprintf(stderr, "%s\n", path); /* names the culprit if the next line aborts */
    if (LLVMFuzzerTestOneInput(data, size) != 0)
        die("not accepted", path);
    free(data);
}

static void die(const char *what, const char *path)
{
    fprintf(stderr, "fuzz_main: %s: %s\n", what, path);
    exit(EXIT_FAILURE);
}
