#include "util/compress.hpp"

#include <zstd.h>

#include <memory>

#include "util/fault.hpp"

namespace jmrp::util {

std::string compress(std::string_view bytes) {
    thread_local const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(),
                                                                                       ZSTD_freeCCtx);
    if (!context)
        throw std::bad_alloc();
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size =
        ZSTD_compressCCtx(context.get(), frame.data(), frame.size(), bytes.data(), bytes.size(), 1);
    if (ZSTD_isError(size))
        throw Fault(FaultKind::full, "compress a message", ZSTD_getErrorName(size));
    frame.resize(size);
    return frame;
}

std::string decompress(std::string_view frame, std::size_t limit) {
    const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > limit)
        throw Fault(FaultKind::damaged, "unpack a kept message", "it is no zstd frame of a believable size");
    thread_local const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                                       ZSTD_freeDCtx);
    if (!context)
        throw std::bad_alloc();
    std::string bytes(static_cast<std::size_t>(size), '\0');
    const std::size_t got = ZSTD_decompressDCtx(context.get(), bytes.data(), bytes.size(), frame.data(), frame.size());
    if (ZSTD_isError(got) || got != bytes.size())
        throw Fault(FaultKind::damaged, "unpack a kept message",
                    ZSTD_isError(got) ? ZSTD_getErrorName(got) : "it is cut");
    return bytes;
}

} // namespace jmrp::util
