#pragma once
// Owners of file descriptors, and reads and writes that finish what they begin.
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace jmrp::util {

class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) noexcept : fd_(fd) {}
    ~Fd() { reset(); }
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other)
            reset(std::exchange(other.fd_, -1));
        return *this;
    }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    void reset(int fd = -1) noexcept;

  private:
    int fd_ = -1;
};

/// Opens with O_CLOEXEC; throws Fault.
Fd open_file(const std::filesystem::path& path, int flags, unsigned mode = 0600);
/// Up to `size` bytes; 0 at the end. Interrupted calls are taken up again. Throws Fault, `name` says on what.
std::size_t read_some(int fd, char* buffer, std::size_t size, std::string_view name);
void write_all(int fd, std::string_view bytes, std::string_view name);

struct BoundedBytes {
    std::string bytes;
    bool truncated = false; ///< there was more than `limit`; it was read to the end and dropped
};
BoundedBytes read_to_end(int fd, std::size_t limit, std::string_view name);
BoundedBytes read_file(const std::filesystem::path& path, std::size_t limit);

/// What root makes in a folder of somebody else belongs to that one, who has to work with it later. Otherwise nothing.
void give_to_owner_of_folder(int fd, const std::filesystem::path& folder);

/// Writes a new file beside `path`, syncs it and renames it over `path`: readers see the old or the new text, never half.
/// Owner and mode of a file that was there stay; `mode` is that of a new one. Throws Fault.
void write_atomically(const std::filesystem::path& path, std::string_view bytes, unsigned mode = 0600);

/// The same for a text that is too long to be held: written in pieces to a hidden file beside `path`, which takes its place
/// with commit(). Without that, and after an exception, the old file stays. What a killed process left is replaced by the next
/// one, so two processes must not write the same file at once.
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path path, unsigned mode = 0600);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    void write(std::string_view bytes);
    /// The new file is in place on return, and stays after a crash of the machine.
    void commit();

  private:
    std::filesystem::path path_, folder_;
    std::string beside_; ///< empty: committed
    Fd fd_;
};

} // namespace jmrp::util
