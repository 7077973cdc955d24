/* Serves the image as a file system (FUSE). Not here: reading it out of the AppImage (image.c). */
#define FUSE_USE_VERSION 26
#include <fuse.h>
#undef FUSE_USE_VERSION
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* After the app has ended its helpers may still be ending: so long, in tenths of a second, before it is unmounted under them. */
enum { PATIENCE = 50 };

static sqfs fs;
static const char *mounted;
static char unmounter[PATH_MAX];
static pid_t app;

static int inode_at(const char *path, sqfs_inode *inode)
{
	bool found = false;
	if (sqfs_inode_get(&fs, inode, sqfs_inode_root(&fs)) != SQFS_OK ||
	    sqfs_lookup_path(&fs, inode, path, &found) != SQFS_OK)
		return -EIO;
	return found ? 0 : -ENOENT;
}

static int serve_getattr(const char *path, struct stat *about)
{
	sqfs_inode inode;
	int trouble = inode_at(path, &inode);
	if (trouble)
		return trouble;
	memset(about, 0, sizeof *about);
	about->st_mode = inode.base.mode;
	about->st_nlink = (nlink_t)inode.nlink;
	about->st_mtime = about->st_ctime = about->st_atime = (time_t)inode.base.mtime;
	about->st_uid = getuid();
	about->st_gid = getgid();
	if (S_ISREG(inode.base.mode))
		about->st_size = (off_t)inode.xtra.reg.file_size;
	else if (S_ISLNK(inode.base.mode))
		about->st_size = (off_t)inode.xtra.symlink_size;
	about->st_blksize = (blksize_t)fs.sb.block_size;
	about->st_blocks = (about->st_size + 511) / 512;
	return 0;
}

static int serve_readlink(const char *path, char *target, size_t size)
{
	sqfs_inode inode;
	int trouble = inode_at(path, &inode);
	if (trouble)
		return trouble;
	if (!S_ISLNK(inode.base.mode))
		return -EINVAL;
	return sqfs_readlink(&fs, &inode, target, &size) == SQFS_OK ? 0 : -EIO;
}

static int serve_readdir(const char *path, void *list, fuse_fill_dir_t add, off_t offset, struct fuse_file_info *info)
{
	(void)offset, (void)info;
	sqfs_inode inode;
	sqfs_dir dir;
	sqfs_dir_entry entry;
	sqfs_name name;
	sqfs_err why = SQFS_OK;
	int trouble = inode_at(path, &inode);
	if (trouble)
		return trouble;
	if (!S_ISDIR(inode.base.mode))
		return -ENOTDIR;
	if (sqfs_dir_open(&fs, &inode, &dir, 0) != SQFS_OK)
		return -EIO;
	add(list, ".", NULL, 0);
	add(list, "..", NULL, 0);
	sqfs_dentry_init(&entry, name);
	while (sqfs_dir_next(&fs, &dir, &entry, &why))
		add(list, sqfs_dentry_name(&entry), NULL, 0);
	return why == SQFS_OK ? 0 : -EIO;
}

static int serve_open(const char *path, struct fuse_file_info *info)
{
	if ((info->flags & O_ACCMODE) != O_RDONLY)
		return -EROFS;
	sqfs_inode *inode = malloc(sizeof *inode);
	if (inode == NULL)
		return -ENOMEM;
	int trouble = inode_at(path, inode);
	if (trouble) {
		free(inode);
		return trouble;
	}
	info->fh = (uintptr_t)inode;
	info->keep_cache = 1;
	return 0;
}

static int serve_read(const char *path, char *bytes, size_t size, off_t offset, struct fuse_file_info *info)
{
	(void)path;
	sqfs_off_t read = (sqfs_off_t)size;
	if (sqfs_read_range(&fs, (sqfs_inode *)(uintptr_t)info->fh, offset, &read, bytes) != SQFS_OK)
		return -EIO;
	return (int)read;
}

static int serve_release(const char *path, struct fuse_file_info *info)
{
	(void)path;
	free((void *)(uintptr_t)info->fh);
	return 0;
}

/* Finds the system's unmounter, which mounts as well. libfuse 2 looks for `fusermount` on the path, where newer
 * systems have `fusermount3` only: then a link with that name goes before the path, in `links`. */
static void find_unmounter(const char *links)
{
	static const char *const names[] = {"fusermount", "fusermount3"};
	const char *path = getenv("PATH");
	char folders[8192], with[sizeof folders + PATH_MAX];
	snprintf(folders, sizeof folders, "%s:/usr/bin:/bin:/run/wrappers/bin", path ? path : "");
	for (size_t name = 0; name < 2; name++) {
		char rest[sizeof folders], *more = rest;
		memcpy(rest, folders, sizeof rest);
		for (char *folder; (folder = strsep(&more, ":")) != NULL;) {
			if (folder[0] != '/' ||
			    snprintf(unmounter, sizeof unmounter, "%s/%s", folder, names[name]) >= (int)sizeof unmounter ||
			    access(unmounter, X_OK) != 0)
				continue;
			char link[PATH_MAX];
			snprintf(link, sizeof link, "%.4000s/fusermount", links);
			if (symlink(unmounter, link) == 0) {
				snprintf(with, sizeof with, "%s:%s", links, folders);
				setenv("PATH", with, 1);
			}
			return;
		}
	}
	unmounter[0] = '\0';
}

static bool unmount(bool lazily)
{
	if (umount2(mounted, lazily ? MNT_DETACH : 0) == 0)
		return true;
	if (unmounter[0] == '\0')
		return false;
	pid_t child = fork();
	if (child == 0) {
		execl(unmounter, unmounter, "-u", "-q", lazily ? "-z" : "--", lazily ? "--" : mounted, lazily ? mounted : NULL, (char *)NULL);
		_exit(127);
	}
	int status = 1;
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* Waits for the end of the app, then for its helpers. With the unmounting the loop that serves ends. */
static void *wait_for_app(void *nothing)
{
	(void)nothing;
	int handle = (int)syscall(SYS_pidfd_open, app, 0);
	if (handle >= 0) {
		struct pollfd one = {.fd = handle, .events = POLLIN};
		while (poll(&one, 1, -1) < 0 && errno == EINTR) {
		}
		close(handle);
	}
	/* Before Linux 5.3 there was no handle. */
	while (getppid() == app)
		usleep(500 * 1000);
	for (int tenths = 0; tenths < PATIENCE; tenths++) {
		if (unmount(false))
			return NULL;
		usleep(100 * 1000);
	}
	/* Where not even that is allowed, the mount stays as a dead one; this process does not. */
	if (!unmount(true))
		_exit(1);
	return NULL;
}

/* The serving process: tells through `ready` that it is mounted; ends when it is no more. */
static int serve(const char *folder, int ready)
{
	static const struct fuse_operations calls = {
		.getattr = serve_getattr,
		.readlink = serve_readlink,
		.readdir = serve_readdir,
		.open = serve_open,
		.read = serve_read,
		.release = serve_release,
	};
	char *mount_words[] = {"readdress", "-oro,nodev,nosuid,fsname=readdress,subtype=squashfuse", NULL};
	/* Nothing in the image ever changes: the kernel may keep what it was told, for a day. */
	char *serve_words[] = {"readdress", "-oattr_timeout=86400,entry_timeout=86400,negative_timeout=86400", NULL};
	struct fuse_args mounting = FUSE_ARGS_INIT(2, mount_words), serving = FUSE_ARGS_INIT(2, serve_words);
	char links[PATH_MAX];
	/* A key press in the terminal is the app's business. So is what ends a whole session: the app still needs its files
	 * then, and a mount that nobody serves would be left. This process ends after the app. */
	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (!make_folder(links, ".readdress-fuse-"))
		return 1;
	mounted = folder;
	find_unmounter(links);
	/* Without FUSE it is unpacked instead, so nobody needs libfuse's complaint; and who reads the app's output to
	 * its end shall not wait for this process. */
	int quiet = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int stream = 0; stream <= 2; stream++)
		dup2(quiet, stream);
	struct fuse_chan *channel = fuse_mount(folder, &mounting);
	struct fuse *fuse = channel ? fuse_new(channel, &serving, &calls, sizeof calls, NULL) : NULL;
	remove_folder(links);
	if (fuse == NULL) {
		if (channel)
			fuse_unmount(folder, channel);
		return 1;
	}
	pthread_t waiting;
	if (pthread_create(&waiting, NULL, wait_for_app, NULL) != 0 || write(ready, "", 1) != 1) {
		unmount(true);
		return 1;
	}
	close(ready);
	fuse_loop(fuse);
	rmdir(folder);
	return 0;
}

bool mount_image(const struct appimage *image, const char *folder)
{
	int ready[2];
	if (!open_image(image, &fs) || pipe2(ready, O_CLOEXEC) != 0)
		return false;
	app = getpid();
	pid_t child = fork();
	if (child == 0) {
		close(ready[0]);
		_exit(serve(folder, ready[1]));
	}
	close(ready[1]);
	char byte;
	bool well = child > 0 && read(ready[0], &byte, 1) == 1;
	close(ready[0]);
	if (child > 0 && !well)
		waitpid(child, NULL, 0);
	close_image(&fs);
	return well;
}
