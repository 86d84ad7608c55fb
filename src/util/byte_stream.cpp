#include "util/byte_stream.hpp"

#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "util/fault.hpp"

namespace jmrp::util {

namespace {

constexpr std::size_t block = std::size_t{128} << 10U;
constexpr std::size_t magic_length = 4;

/// The packed bytes: those that were looked at first, then the rest of the file.
class Input {
  public:
    Input(Fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {
        bytes_.resize(block);
        while (end_ < magic_length) {
            const std::size_t got = read_some(fd_.get(), bytes_.data() + end_, magic_length - end_, name_);
            if (got == 0)
                break;
            end_ += got;
        }
        consumed_ = end_;
    }

    std::string_view pending() const { return {bytes_.data() + begin_, end_ - begin_}; }
    void take(std::size_t size) { begin_ += size; }
    /// False at the end. To be called when nothing is pending.
    bool refill() {
        begin_ = 0;
        end_ = read_some(fd_.get(), bytes_.data(), bytes_.size(), name_);
        consumed_ += end_;
        return end_ > 0;
    }
    bool seek(std::uint64_t offset) {
        if (::lseek(fd_.get(), static_cast<off_t>(offset), SEEK_SET) < 0)
            return false;
        begin_ = 0;
        end_ = 0;
        consumed_ = offset;
        return true;
    }
    std::uint64_t consumed() const { return consumed_; }
    const std::string& name() const { return name_; }

  private:
    Fd fd_;
    std::string name_;
    std::string bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t consumed_ = 0;
};

[[noreturn]] void damaged(const Input& input, std::string_view why) {
    throw Fault(FaultKind::damaged, "unpack " + input.name(), std::string(why));
}

class Plain : public ByteStream {
  public:
    explicit Plain(Input input) : input_(std::move(input)) {}
    std::size_t read(char* buffer, std::size_t size) override {
        if (input_.pending().empty() && !input_.refill())
            return 0;
        const std::size_t taken = std::min(size, input_.pending().size());
        std::memcpy(buffer, input_.pending().data(), taken);
        input_.take(taken);
        return taken;
    }
    bool seek(std::uint64_t offset) override { return input_.seek(offset); }
    std::uint64_t consumed() const override { return input_.consumed(); }
    bool packed() const override { return false; }
    bool complete() const override { return true; }

  private:
    Input input_;
};

class Gzip : public ByteStream {
  public:
    explicit Gzip(Input input) : input_(std::move(input)) {
        if (::inflateInit2(&stream_, 15 + 16) != Z_OK) // 15: the largest window; 16: gzip
            throw std::bad_alloc();
    }
    ~Gzip() override { ::inflateEnd(&stream_); }
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;

    std::size_t read(char* buffer, std::size_t size) override {
        stream_.next_out = reinterpret_cast<Bytef*>(buffer);
        stream_.avail_out = static_cast<uInt>(size);
        while (!at_end_ && stream_.avail_out == size) {
            if (input_.pending().empty() && !input_.refill()) {
                at_end_ = true; // complete_ says whether a member was under way
                break;
            }
            if (complete_ && !next_member())
                break;
            inflate_some();
        }
        return size - stream_.avail_out;
    }
    bool seek(std::uint64_t) override { return false; }
    std::uint64_t consumed() const override { return input_.consumed(); }
    bool packed() const override { return true; }
    bool complete() const override { return complete_; }

  private:
    void inflate_some() {
        const std::string_view pending = input_.pending();
        stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(pending.data()));
        stream_.avail_in = static_cast<uInt>(pending.size());
        const int code = ::inflate(&stream_, Z_NO_FLUSH);
        input_.take(pending.size() - stream_.avail_in);
        if (code == Z_STREAM_END)
            complete_ = true;
        else if (code != Z_OK && code != Z_BUF_ERROR)
            damaged(input_, stream_.msg ? stream_.msg : "it is no sound gzip file");
    }

    /// Members follow each other; zeros at the end are padding, as anything else that is no member.
    bool next_member() {
        if (input_.pending().front() != '\x1f') {
            at_end_ = true;
            return false;
        }
        ::inflateReset(&stream_);
        complete_ = false;
        return true;
    }

    Input input_;
    z_stream stream_{};
    bool complete_ = false; ///< between members
    bool at_end_ = false;
};

class Zstd : public ByteStream {
  public:
    explicit Zstd(Input input) : input_(std::move(input)), context_(ZSTD_createDCtx(), ZSTD_freeDCtx) {
        if (!context_)
            throw std::bad_alloc();
        ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, 27); // 128 MiB, as the program zstd
    }

    std::size_t read(char* buffer, std::size_t size) override {
        ZSTD_outBuffer out{buffer, size, 0};
        while (out.pos == 0) {
            if (input_.pending().empty() && !input_.refill()) {
                // What is inside already may still be flushed.
                ZSTD_inBuffer none{nullptr, 0, 0};
                decompress(out, none);
                break;
            }
            ZSTD_inBuffer in{input_.pending().data(), input_.pending().size(), 0};
            decompress(out, in);
            input_.take(in.pos);
        }
        return out.pos;
    }
    bool seek(std::uint64_t) override { return false; }
    std::uint64_t consumed() const override { return input_.consumed(); }
    bool packed() const override { return true; }
    bool complete() const override { return complete_; }

  private:
    void decompress(ZSTD_outBuffer& out, ZSTD_inBuffer& in) {
        const bool nothing = in.size == 0;
        const std::size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
        if (ZSTD_isError(left))
            damaged(input_, ZSTD_getErrorName(left));
        if (!nothing || out.pos > 0)
            complete_ = left == 0;
    }

    Input input_;
    std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context_;
    bool complete_ = false;
};

} // namespace

std::unique_ptr<ByteStream> unpacked(Fd fd, std::string name) {
    Input input(std::move(fd), std::move(name));
    const std::string_view begin = input.pending();
    if (begin.starts_with("\x1f\x8b"))
        return std::make_unique<Gzip>(std::move(input));
    if (begin.starts_with("\x28\xb5\x2f\xfd"))
        return std::make_unique<Zstd>(std::move(input));
    return std::make_unique<Plain>(std::move(input));
}

} // namespace jmrp::util
