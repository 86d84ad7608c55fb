#include "util/fd.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "util/fault.hpp"

namespace jmrp::util {

void Fd::reset(int fd) noexcept {
    if (fd_ >= 0)
        ::close(fd_);
    fd_ = fd;
}

Fd open_file(const std::filesystem::path& path, int flags, unsigned mode) {
    Fd fd(::open(path.c_str(), flags | O_CLOEXEC, static_cast<mode_t>(mode)));
    if (!fd)
        throw system_fault("open " + path.string(), errno);
    return fd;
}

std::size_t read_some(int fd, char* buffer, std::size_t size, std::string_view name) {
    while (true) {
        const ssize_t got = ::read(fd, buffer, size);
        if (got >= 0)
            return static_cast<std::size_t>(got);
        if (errno != EINTR)
            throw system_fault("read " + std::string(name), errno);
    }
}

void write_all(int fd, std::string_view bytes, std::string_view name) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(fd, bytes.data(), bytes.size());
        if (put >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(put));
        else if (errno != EINTR)
            throw system_fault("write " + std::string(name), errno);
    }
}

BoundedBytes read_to_end(int fd, std::size_t limit, std::string_view name) {
    BoundedBytes out;
    constexpr std::size_t step = 64 << 10;
    while (out.bytes.size() < limit) {
        const std::size_t had = out.bytes.size();
        const std::size_t room = std::min(step, limit - had);
        out.bytes.resize(had + room);
        const std::size_t got = read_some(fd, out.bytes.data() + had, room, name);
        out.bytes.resize(had + got);
        if (got == 0)
            return out;
    }
    char rest[16 << 10];
    while (read_some(fd, rest, sizeof rest, name) > 0)
        out.truncated = true;
    return out;
}

BoundedBytes read_file(const std::filesystem::path& path, std::size_t limit) {
    const Fd fd = open_file(path, O_RDONLY);
    return read_to_end(fd.get(), limit, path.string());
}

void give_to_owner_of_folder(int fd, const std::filesystem::path& folder) {
    struct stat found {};
    if (::geteuid() != 0 || ::stat(folder.c_str(), &found) != 0 || found.st_uid == 0)
        return;
    if (::fchown(fd, found.st_uid, found.st_gid) != 0)
        throw system_fault("give a file in " + folder.string() + " to the owner of the folder", errno);
}

namespace {

/// Owner and mode of the file that is replaced; those of a new file are told by its folder and the caller.
void take_over(int fd, const std::filesystem::path& path, const std::filesystem::path& folder, unsigned mode) {
    struct stat before {};
    struct stat made {};
    const bool replaces = ::stat(path.c_str(), &before) == 0;
    if (!replaces)
        give_to_owner_of_folder(fd, folder);
    else if (::fstat(fd, &made) != 0 || ((made.st_uid != before.st_uid || made.st_gid != before.st_gid) &&
                                         ::fchown(fd, before.st_uid, before.st_gid) != 0))
        throw system_fault("give the new " + path.string() + " to the owner of the old one", errno,
                           "do it as that user, or as root");
    if (::fchmod(fd, replaces ? before.st_mode & 07777U : static_cast<mode_t>(mode)) != 0)
        throw system_fault("set the mode of " + path.string(), errno);
}

} // namespace

namespace {

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

void put_in_place(int fd, const std::string& beside, const std::filesystem::path& path) {
    if (::fsync(fd) != 0)
        throw system_fault("sync " + beside, errno);
    if (::rename(beside.c_str(), path.c_str()) != 0)
        throw system_fault("rename " + beside + " to " + path.string(), errno);
    const Fd directory = open_file(folder_of(path), O_RDONLY | O_DIRECTORY);
    static_cast<void>(::fsync(directory.get())); // some file systems cannot sync a directory; the rename stands
}

} // namespace

void write_atomically(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
    const std::filesystem::path folder = folder_of(path);
    std::string name = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
    Fd fd(::mkostemp(name.data(), O_CLOEXEC));
    if (!fd)
        throw system_fault("write a file in " + folder.string(), errno);
    try {
        take_over(fd.get(), path, folder, mode);
        write_all(fd.get(), bytes, path.string());
        put_in_place(fd.get(), name, path);
    } catch (...) {
        ::unlink(name.c_str());
        throw;
    }
}

AtomicFile::AtomicFile(std::filesystem::path path, unsigned mode)
    : path_(std::move(path)), folder_(folder_of(path_)),
      beside_((folder_ / ("." + path_.filename().string() + ".new")).string()) {
    ::unlink(beside_.c_str());
    fd_ = open_file(beside_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    take_over(fd_.get(), path_, folder_, mode);
}

AtomicFile::~AtomicFile() {
    if (!beside_.empty())
        ::unlink(beside_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
    write_all(fd_.get(), bytes, path_.string());
}

void AtomicFile::commit() {
    put_in_place(fd_.get(), beside_, path_);
    beside_.clear();
}

} // namespace jmrp::util
