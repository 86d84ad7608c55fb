#include "mail/start_gmime.hpp"

#include <gmime/gmime.h>

#ifdef JMRP_STATIC_GMIME
// GMime registers the type of its GIO streams when it starts, and that one reference would bring in GIO and four shared
// libraries that GIO wants (mount, blkid, selinux, pcre2): a good part of the time that a delivery takes to start. No stream
// of that type is ever made here, so the program brings its own answer and the archive's is left out.
extern "C" GType g_mime_stream_gio_get_type() {
    return g_mime_stream_get_type();
}
#endif

namespace jmrp::mail {

void start_gmime() {
    [[maybe_unused]] static const bool started = (g_mime_init(), true);
}

} // namespace jmrp::mail
