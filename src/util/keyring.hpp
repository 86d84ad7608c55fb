#pragma once
// The file of secret keys, one a line: number, when it was made, when it was retired or "-", the secret in base64. Blank lines and
// lines that begin with "#" stay where they are.
#include <filesystem>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "util/clock.hpp"
#include "util/seal.hpp"

namespace jmrp::util {

struct Key {
    unsigned id = 0; ///< 1 to 255
    Seconds created = 0;
    std::optional<Seconds> retired; ///< nothing new is sealed with it from then on
    SecretKey secret{};
};

class Keyring {
  public:
    Keyring() = default;
    explicit Keyring(std::vector<Key> keys) : keys_(std::move(keys)) {}
    const Key* find(unsigned id) const noexcept;
    /// What to seal with: the newest that is not retired; null where there is none.
    const Key* current() const noexcept;
    const std::vector<Key>& keys() const noexcept { return keys_; }

  private:
    std::vector<Key> keys_;
};

/// Throws Fault(damaged) with the number of the line; never any part of it. `name` is the file's.
Keyring parse_keyring(std::string_view text, std::string_view name);

/// No file, no keys. Throws Fault: not readable, readable by everybody, writable by others than its owner, damaged.
Keyring read_keyring(const std::filesystem::path& file);

/// Makes a key, and the file (mode 0600) and its folder where there is none. The file is replaced at one blow, and two writers
/// wait for each other. Throws Fault.
Key add_key(const std::filesystem::path& file, Seconds now);
/// False where it is retired already. Throws Fault(not_found) where there is no such key.
bool retire_key(const std::filesystem::path& file, unsigned id, Seconds now);

/// A keyring that is read when it is first asked for: most mails hold no token.
class KeyFile {
  public:
    explicit KeyFile(std::filesystem::path file) : file_(std::move(file)) {}
    explicit KeyFile(Keyring keys) : keys_(std::move(keys)) {}
    const std::filesystem::path& file() const noexcept { return file_; }
    /// Throws as read_keyring() does; then the next call tries again. Safe to call from many threads.
    const Keyring& keys() const;

  private:
    std::filesystem::path file_;
    mutable std::mutex mutex_;
    mutable std::optional<Keyring> keys_;
};

} // namespace jmrp::util
