/* Debian's squashfuse also reads images packed by LZO and LZ4. Ours never are: these answer "damaged" and keep both
 * libraries (LZO is under the GPL) out of the program. */
int lzo1x_decompress_safe(const unsigned char *from, unsigned long from_size, unsigned char *to, unsigned long *to_size,
	void *memory);
int LZ4_decompress_safe(const char *from, char *to, int from_size, int to_size);

int lzo1x_decompress_safe(const unsigned char *from, unsigned long from_size, unsigned char *to, unsigned long *to_size,
	void *memory)
{
	(void)from, (void)from_size, (void)to, (void)to_size, (void)memory;
	return -1;
}

int LZ4_decompress_safe(const char *from, char *to, int from_size, int to_size)
{
	(void)from, (void)to, (void)from_size, (void)to_size;
	return -1;
}
