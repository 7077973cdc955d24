/* The head of the AppImage: finds the squashfs image behind itself, mounts or unpacks it, starts its AppRun
 * (https://github.com/AppImage/AppImageSpec, type 2). Linked statically, so that it needs no library of the system:
 * squashfuse reads the image, libfuse 2 talks to the kernel.
 */
#ifndef READDRESS_RUNTIME_H
#define READDRESS_RUNTIME_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <squashfuse/squashfuse.h>

/* The AppImage itself. */
struct appimage {
	char path[PATH_MAX];
	/* Where its squashfs image begins, in bytes. */
	size_t offset;
};

/* Reads where the program ends, and with it where the image begins. Says on stderr what is wrong. */
bool find_image(struct appimage *image);

/* Opens the image; squashfuse says on stderr what is wrong. */
bool open_image(const struct appimage *image, sqfs *fs);

/* Gives back what open_image took; the app shall not inherit it. */
void close_image(sqfs *fs);

/* The signal that asked for an end while the image was still being unpacked; 0 for none. */
extern volatile sig_atomic_t ended_by;

/* Makes the folder, or finds it there: this user's, and no link. Where others may write, theirs could lead anywhere. */
bool have_folder(const char *path);

/* A folder of our own in TMPDIR or /tmp; `path` has PATH_MAX bytes. */
bool make_folder(char *path, const char *beginning);

/* Mounts the image on `folder`, by a child that serves it until this process has ended and nothing of it is in use.
 * False when there is no FUSE here. */
bool mount_image(const struct appimage *image, const char *folder);

/* Writes what is in the image, or what of it matches the shell pattern, below `folder`. Stops when an end is asked for. */
bool extract_image(const struct appimage *image, const char *folder, const char *pattern);

/* Removes a folder with all that is in it. */
void remove_folder(const char *folder);

#endif
