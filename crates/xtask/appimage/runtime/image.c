/* Where the image is, and what is in it. Not here: serving it (mount.c). */
#include "runtime.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool find_image(struct appimage *image)
{
	ssize_t length = readlink("/proc/self/exe", image->path, sizeof image->path - 1);
	if (length <= 0) {
		perror("/proc/self/exe");
		return false;
	}
	image->path[length] = '\0';
	int file = open(image->path, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr head;
	bool well = file >= 0 && pread(file, &head, sizeof head, 0) == sizeof head;
	if (!well)
		perror(image->path);
	/* The table of sections is the last thing in a program. */
	else
		image->offset = head.e_shoff + (size_t)head.e_shentsize * head.e_shnum;
	if (file >= 0)
		close(file);
	return well;
}

bool open_image(const struct appimage *image, sqfs *fs)
{
	return sqfs_open_image(fs, image->path, image->offset) == SQFS_OK;
}

void close_image(sqfs *fs)
{
	sqfs_fd_close(fs->fd);
	sqfs_destroy(fs);
}

bool make_folder(char *path, const char *beginning)
{
	const char *base = getenv("TMPDIR");
	if (base == NULL || base[0] != '/')
		base = "/tmp";
	int length = snprintf(path, PATH_MAX, "%s/%sXXXXXX", base, beginning);
	if (length >= PATH_MAX || mkdtemp(path) == NULL) {
		perror(base);
		return false;
	}
	return true;
}

bool have_folder(const char *path)
{
	struct stat about;
	if (mkdir(path, 0755) == 0)
		return true;
	if (errno != EEXIST || lstat(path, &about) != 0)
		return false;
	errno = EEXIST;
	return S_ISDIR(about.st_mode) && about.st_uid == geteuid();
}

static bool write_file(sqfs *fs, sqfs_inode *inode, const char *path)
{
	static char buffer[1 << 18];
	/* What was there may be a link that leads elsewhere. */
	unlink(path);
	/* With the rights it had; the folder of a run has none for others. */
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, inode->base.mode & 0777);
	if (file < 0)
		return false;
	sqfs_off_t at = 0, all = (sqfs_off_t)inode->xtra.reg.file_size;
	bool well = true;
	while (well && at < all) {
		sqfs_off_t size = sizeof buffer;
		well = sqfs_read_range(fs, inode, at, &size, buffer) == SQFS_OK && size > 0;
		for (sqfs_off_t done = 0; well && done < size;) {
			ssize_t wrote = write(file, buffer + done, (size_t)(size - done));
			well = wrote > 0;
			done += wrote > 0 ? wrote : 0;
		}
		at += size;
	}
	return close(file) == 0 && well;
}

static bool write_entry(sqfs *fs, sqfs_inode *inode, const char *path)
{
	char target[PATH_MAX];
	size_t size = sizeof target;
	switch (inode->base.mode & S_IFMT) {
	case S_IFDIR:
		return have_folder(path);
	case S_IFREG:
		return write_file(fs, inode, path);
	case S_IFLNK:
		unlink(path);
		return sqfs_readlink(fs, inode, target, &size) == SQFS_OK && symlink(target, path) == 0;
	default:
		return true; /* Nothing else is in an AppImage. */
	}
}

/* A pattern names files by their whole path in the image, or a folder with all that is in it. */
static bool wanted(const char *path, const char *pattern, bool folder)
{
	return pattern == NULL || folder || fnmatch(pattern, path, 0) == 0 ||
		fnmatch(pattern, path, FNM_LEADING_DIR) == 0;
}

bool extract_image(const struct appimage *image, const char *folder, const char *pattern)
{
	sqfs fs;
	sqfs_traverse walk;
	sqfs_err trouble = SQFS_OK;
	bool well = open_image(image, &fs);
	if (!well)
		return false;
	if (sqfs_traverse_open(&walk, &fs, sqfs_inode_root(&fs)) != SQFS_OK) {
		fprintf(stderr, "%s: the image cannot be read.\n", image->path);
		close_image(&fs);
		return false;
	}
	while (well && !ended_by && sqfs_traverse_next(&walk, &trouble)) {
		char path[PATH_MAX];
		sqfs_inode inode;
		if (walk.dir_end || !wanted(walk.path, pattern, sqfs_dentry_is_dir(&walk.entry)))
			continue;
		well = snprintf(path, sizeof path, "%s/%s", folder, walk.path) < PATH_MAX &&
			sqfs_inode_get(&fs, &inode, sqfs_dentry_inode(&walk.entry)) == SQFS_OK &&
			write_entry(&fs, &inode, path);
		if (!well)
			fprintf(stderr, "%s cannot be written: %s\n", path, strerror(errno));
	}
	sqfs_traverse_close(&walk);
	close_image(&fs);
	return well && !ended_by && trouble == SQFS_OK;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
	(void)about, (void)kind, (void)where;
	remove(path);
	return 0;
}

void remove_folder(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
