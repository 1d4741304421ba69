/* What glibc declares for programs that ask for GNU's extensions, and its Swift module therefore lacks. */
#include <spawn.h>

/* Closes every descriptor from one on in the child (glibc 2.34). */
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

/* mkstemp with flags for open (glibc 2.7). */
int mkostemp(char *pattern, int flags);
