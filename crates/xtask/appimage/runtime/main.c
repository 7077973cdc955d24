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

volatile sig_atomic_t ended_by;
static volatile pid_t started;

static void hand_on(int sig)
{
	if (started > 0)
		kill(started, sig);
	else
		ended_by = sig;
}

static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
enum { ENDS = sizeof ends / sizeof *ends };

/* What was ignored before (nohup) stays so. */
static void at_end(void (*handler)(int))
{
	for (size_t at = 0; at < ENDS; at++) {
		struct sigaction was, action = {.sa_handler = handler, .sa_flags = SA_RESTART};
		if (sigaction(ends[at], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
			sigaction(ends[at], &action, NULL);
	}
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

/* AppRun as a child; none where an end was asked for before. No signal is lost in between. */
static pid_t start_child(const struct appimage *image, const char *folder, char **words)
{
	sigset_t all, before;
	sigemptyset(&all);
	for (size_t at = 0; at < ENDS; at++)
		sigaddset(&all, ends[at]);
	sigprocmask(SIG_BLOCK, &all, &before);
	started = ended_by ? -1 : fork();
	if (started == 0)
		at_end(SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (started == 0)
		_exit(run(image, folder, words));
	return started;
}

static int extract_and_run(const struct appimage *image, char **words)
{
	char folder[PATH_MAX];
	int status = 127 << 8;
	/* First the handlers: a signal on the way must not leave the folder behind. */
	at_end(hand_on);
	if (!make_folder(folder, ".readdress-"))
		return 127;
	if (extract_image(image, folder, NULL) && start_child(image, folder, words) > 0) {
		while (waitpid(started, &status, 0) < 0 && errno == EINTR) {
		}
		started = 0;
	} else if (ended_by) {
		status = ended_by;
	}
	remove_folder(folder);
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
	sigset_t awaited;
	int which;
	sigemptyset(&awaited);
	sigaddset(&awaited, SIGINT);
	sigaddset(&awaited, SIGTERM);
	sigprocmask(SIG_BLOCK, &awaited, NULL);
	if (!make_folder(folder, ".mount_Readdr"))
		return 1;
	if (!mount_image(image, folder)) {
		rmdir(folder);
		fputs("It cannot be mounted: there is no FUSE here.\n", stderr);
		return 1;
	}
	puts(folder);
	fflush(stdout);
	sigwait(&awaited, &which);
	return 0;
}

static int extract_only(const struct appimage *image, const char *pattern)
{
	static const char folder[] = "squashfs-root";
	if (!have_folder(folder)) {
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
