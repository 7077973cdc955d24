/* What the AppImage does when it is started. */
#include "runtime.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char HELP[] =
	"This is an AppImage: a program with all that it needs, in one file.\n"
	"\n"
	"  --appimage-extract [PATTERN]     Unpack it into squashfs-root, or what matches the pattern\n"
	"  --appimage-extract-and-run [...] Unpack it for this run, without FUSE\n"
	"  --appimage-mount                 Mount it until Ctrl+C is pressed, and print where\n"
	"  --appimage-offset                Print where its squashfs image begins\n"
	"  --appimage-version               Print what it was started by\n"
	"\n"
	"Without FUSE on this system it unpacks itself for each run.\n";

static pid_t started;

static void hand_on(int sig)
{
	if (started > 0)
		kill(started, sig);
}

/* The environment that the specification promises, then AppRun. */
static int run(const struct appimage *image, const char *folder, char **words)
{
	char here[PATH_MAX], start[PATH_MAX];
	setenv("APPIMAGE", image->path, 1);
	setenv("APPDIR", folder, 1);
	setenv("ARGV0", words[0], 1);
	setenv("OWD", getcwd(here, sizeof here) ? here : "", 1);
	snprintf(start, sizeof start, "%.4000s/AppRun", folder);
	words[0] = start;
	execv(start, words);
	perror(start);
	return 127;
}

static int extract_and_run(const struct appimage *image, char **words)
{
	char folder[PATH_MAX];
	if (!make_folder(folder, ".readdress-"))
		return 127;
	if (!extract_image(image, folder, NULL)) {
		remove_folder(folder);
		return 127;
	}
	/* First the handlers: a signal in between must not leave the folder behind. */
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	for (size_t at = 0; at < sizeof signals / sizeof *signals; at++) {
		struct sigaction action = {.sa_handler = hand_on};
		sigaction(signals[at], &action, NULL);
	}
	started = fork();
	if (started == 0)
		_exit(run(image, folder, words));
	int status = 0;
	while (started > 0 && waitpid(started, &status, 0) < 0 && errno == EINTR) {
	}
	remove_folder(folder);
	if (started < 0)
		return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int mount_and_run(const struct appimage *image, char **words)
{
	char folder[PATH_MAX];
	if (!make_folder(folder, ".mount_Readdr"))
		return 127;
	if (mount_image(image, folder))
		return run(image, folder, words);
	rmdir(folder);
	return extract_and_run(image, words);
}

/* `--appimage-mount`: for looking into it. */
static int mount_only(const struct appimage *image)
{
	char folder[PATH_MAX];
	sigset_t ends;
	int which;
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	if (!make_folder(folder, ".mount_Readdr"))
		return 1;
	if (!mount_image(image, folder)) {
		rmdir(folder);
		fputs("It cannot be mounted: there is no FUSE here.\n", stderr);
		return 1;
	}
	puts(folder);
	fflush(stdout);
	sigwait(&ends, &which);
	return 0;
}

static int extract_only(const struct appimage *image, const char *pattern)
{
	static const char folder[] = "squashfs-root";
	if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
		perror(folder);
		return 1;
	}
	return extract_image(image, folder, pattern) ? 0 : 1;
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);
	return value != NULL && strcmp(value, "1") == 0;
}

int main(int count, char **words)
{
	struct appimage image;
	const char *asked = count > 1 ? words[1] : "";
	if (count < 1 || !find_image(&image))
		return 127;
	if (strcmp(asked, "--appimage-help") == 0)
		return fputs(HELP, stdout) < 0;
	if (strcmp(asked, "--appimage-version") == 0)
		return puts("Readdress runtime (type 2)") < 0;
	if (strcmp(asked, "--appimage-offset") == 0)
		return printf("%zu\n", image.offset) < 0;
	if (strcmp(asked, "--appimage-extract") == 0)
		return extract_only(&image, count > 2 ? words[2] : NULL);
	if (strcmp(asked, "--appimage-mount") == 0)
		return mount_only(&image);
	if (strcmp(asked, "--appimage-extract-and-run") == 0) {
		words[1] = words[0];
		return extract_and_run(&image, words + 1);
	}
	if (strncmp(asked, "--appimage-", 11) == 0) {
		fprintf(stderr, "%s is not known, see --appimage-help.\n", asked);
		return 1;
	}
	return is_set("APPIMAGE_EXTRACT_AND_RUN") ? extract_and_run(&image, words) : mount_and_run(&image, words);
}
