/* Parses every message of an mbox with GMime and throws it away, on one core: the least that reading reports can cost with
   this parser.
       gmime_loop MBOX        prints the number of messages and parts */
#include <fcntl.h>
#include <gmime/gmime.h>
#include <stdio.h>

static void count(GMimeObject* parent, GMimeObject* part, gpointer parts) {
    (void)parent;
    (void)part;
    ++*(unsigned long*)parts;
}

int main(int argc, char** argv) {
    unsigned long messages = 0, parts = 0;
    int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    if (fd < 0)
        return 66;
    g_mime_init();
    GMimeStream* stream = g_mime_stream_fs_new(fd);
    GMimeParser* parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MBOX);
    while (!g_mime_parser_eos(parser)) {
        GMimeMessage* message = g_mime_parser_construct_message(parser, NULL);
        if (!message)
            continue;
        ++messages;
        g_mime_message_foreach(message, count, &parts);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    printf("%lu %lu\n", messages, parts);
    return 0;
}
