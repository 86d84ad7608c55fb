#include "util/keyring.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "util/base_codes.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/text.hpp"

namespace jmrp::util {

namespace {

constexpr unsigned most_keys = 255;
constexpr std::size_t most_bytes = 256 << 10;

constexpr std::string_view heading = "# Keys of jmrp's tokens: number, made, retired, secret. 'jmrp token key' writes "
                                     "this file. Keep it secret, and keep a copy:\n"
                                     "# a token cannot be opened without the key that sealed it.\n";

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> out;
    for (const std::string_view word : split(line, ' '))
        if (!word.empty())
            out.push_back(word);
    return out;
}

/// 2026-11-22T08:00:00Z
std::optional<Seconds> parse_iso8601(std::string_view text) {
    constexpr std::size_t length = 20;
    if (text.size() != length)
        return std::nullopt;
    const auto day = parse_iso_day(text.substr(0, 10));
    const auto hour = parse_unsigned(text.substr(11, 2));
    const auto minute = parse_unsigned(text.substr(14, 2));
    const auto second = parse_unsigned(text.substr(17, 2));
    if (!day || !hour || !minute || !second)
        return std::nullopt;
    const Seconds at =
        Seconds{*day} * 86400 + static_cast<Seconds>(*hour) * 3600 + static_cast<Seconds>(*minute * 60 + *second);
    return iso8601(at) == text ? std::optional(at) : std::nullopt;
}

bool holds_key(std::string_view line) noexcept {
    line = trim(line);
    return !line.empty() && line.front() != '#';
}

std::optional<Key> parse_line(std::string_view line) {
    const auto parts = words(trim(line));
    if (parts.size() != 4)
        return std::nullopt;
    const auto id = parse_unsigned(parts[0]);
    const auto created = parse_iso8601(parts[1]);
    const auto retired = parse_iso8601(parts[2]);
    const auto secret = from_base64(parts[3]);
    if (!id || *id == 0 || *id > most_keys || !created || (!retired && parts[2] != "-") || !secret ||
        secret->size() != SecretKey().size())
        return std::nullopt;
    Key key{static_cast<unsigned>(*id), *created, retired, {}};
    std::copy(secret->begin(), secret->end(), key.secret.begin());
    return key;
}

std::string line_of(const Key& key) {
    return std::to_string(key.id) + "  " + iso8601(key.created) + "  " + (key.retired ? iso8601(*key.retired) : "-") +
           "  " + base64(std::string(key.secret.begin(), key.secret.end())) + "\n";
}

/// Nothing where there is no file.
std::optional<std::string> read_text(const std::filesystem::path& file) {
    const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd && errno == ENOENT)
        return std::nullopt;
    if (!fd)
        throw system_fault("read the keys in " + file.string(), errno, "it belongs to the user that reads the reports");
    struct stat found {};
    if (::fstat(fd.get(), &found) != 0)
        throw system_fault("read the keys in " + file.string(), errno);
    // A group may read: the mail server that seals is another user than the one that reads reports.
    if ((found.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)) != 0)
        throw Fault(FaultKind::permission, "use the keys in " + file.string(), "others can get at them",
                    "chmod 600 " + file.string() + ", and make new keys if somebody may have read them");
    const BoundedBytes text = read_to_end(fd.get(), most_bytes, file.string());
    if (text.truncated)
        throw Fault(FaultKind::damaged, "read the keys in " + file.string(), "it is too large for a file of keys");
    return text.bytes;
}

/// One writer at a time: a lock on the folder, as the file itself is replaced.
class WriterLock {
  public:
    explicit WriterLock(const std::filesystem::path& folder) : fd_(open_file(folder, O_RDONLY | O_DIRECTORY)) {
        while (::flock(fd_.get(), LOCK_EX) != 0)
            if (errno != EINTR)
                throw system_fault("lock " + folder.string(), errno);
    }

  private:
    Fd fd_;
};

std::filesystem::path folder_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

} // namespace

const Key* Keyring::find(unsigned id) const noexcept {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id == id; });
    return found == keys_.end() ? nullptr : &*found;
}

const Key* Keyring::current() const noexcept {
    const Key* newest = nullptr;
    for (const Key& key : keys_)
        if (!key.retired && (!newest || std::pair(key.created, key.id) > std::pair(newest->created, newest->id)))
            newest = &key;
    return newest;
}

Keyring parse_keyring(std::string_view text, std::string_view name) {
    std::vector<Key> keys;
    std::size_t number = 0;
    for (const std::string_view line : split(text, '\n')) {
        ++number;
        if (!holds_key(line))
            continue;
        const auto key = parse_line(line);
        const bool twice =
            key && std::any_of(keys.begin(), keys.end(), [&](const Key& other) { return other.id == key->id; });
        if (!key || twice)
            throw Fault(FaultKind::damaged, "read the keys in " + std::string(name) + " line " + std::to_string(number),
                        twice ? "there is a key of that number above"
                              : "it is not: number (1 to 255), made, retired or '-', secret of 32 bytes in base64");
        keys.push_back(*key);
    }
    return Keyring(std::move(keys));
}

Keyring read_keyring(const std::filesystem::path& file) {
    const auto text = read_text(file);
    return text ? parse_keyring(*text, file.string()) : Keyring();
}

Key add_key(const std::filesystem::path& file, Seconds now) {
    std::error_code error;
    std::filesystem::create_directories(folder_of(file), error); // opening it says what is wrong
    const WriterLock lock(folder_of(file));
    std::string text = read_text(file).value_or(std::string(heading));
    const Keyring ring = parse_keyring(text, file.string());
    Key key{1, now, std::nullopt, new_secret_key()};
    for (const Key& other : ring.keys())
        key.id = std::max(key.id, other.id + 1);
    if (key.id > most_keys)
        for (key.id = 1; key.id <= most_keys && ring.find(key.id);)
            ++key.id;
    if (key.id > most_keys)
        throw Fault(FaultKind::full, "make a key in " + file.string(), "it holds 255 already",
                    "take lines of keys out that were retired long ago");
    // The newest is the current one, also where the clock went back.
    if (const Key* current = ring.current())
        key.created = std::max(key.created, key.id > current->id ? current->created : current->created + 1);
    if (!text.empty() && text.back() != '\n')
        text += '\n';
    write_atomically(file, text + line_of(key));
    return key;
}

bool retire_key(const std::filesystem::path& file, unsigned id, Seconds now) {
    const auto missing = [&] {
        return Fault(FaultKind::not_found, "retire key " + std::to_string(id),
                     "there is none of that number in " + file.string(), "'jmrp token key list' shows them");
    };
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        throw missing();
    const WriterLock lock(folder_of(file));
    const std::string text = read_text(file).value_or("");
    const Keyring ring = parse_keyring(text, file.string());
    const Key* key = ring.find(id);
    if (!key)
        throw missing();
    if (key->retired)
        return false;
    std::string out;
    for (const std::string_view line : split(text, '\n')) {
        const auto here = holds_key(line) ? parse_line(line) : std::nullopt;
        if (here && here->id == id) {
            Key retired = *here;
            retired.retired = now;
            out += line_of(retired);
        } else {
            out += std::string(line) + "\n";
        }
    }
    if (text.ends_with('\n'))
        out.pop_back(); // split() gave an empty last piece
    write_atomically(file, out);
    return true;
}

const Keyring& KeyFile::keys() const {
    const std::lock_guard lock(mutex_);
    if (!keys_)
        keys_ = read_keyring(file_);
    return *keys_;
}

} // namespace jmrp::util
