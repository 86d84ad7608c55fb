#pragma once
// Beside the send log, in a file of its own (DATABASE.stamped): who got the messages that `jmrp milter` gave a token with an id.
// Everything throws util::Fault as the functions of store.hpp do.
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "domain/sent.hpp"
#include "domain/stamping.hpp"
#include "store/store.hpp"

namespace jmrp::store {

inline constexpr int stamped_id = 0x4A4D5254; // "JMRT"
inline constexpr int stamped_version = 1;
std::filesystem::path stamped_path(const std::filesystem::path& database);

/// Used by one thread at a time.
class StampedWriter {
  public:
    /// Makes the file where there is none.
    explicit StampedWriter(const Options& options);
    ~StampedWriter();
    StampedWriter(StampedWriter&&) noexcept;
    StampedWriter& operator=(StampedWriter&&) noexcept;

    /// All or none, in one transaction; on return the death of this process takes nothing back, a crash of the machine may.
    /// None: only asks whether writing is possible.
    void add(std::span<const domain::StampedMessage> messages);
    /// Deletes up to `limit` messages that are older, oldest first. Returns how many.
    std::size_t expire(util::Seconds before, std::size_t limit);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

struct StampedStatus {
    std::int64_t messages = 0;           ///< an estimate by row ids
    std::optional<util::Seconds> newest; ///< nothing: all are expired
};
/// Nothing while there is no file: `jmrp milter` was never used here.
std::optional<StampedStatus> stamped_status(const Options& options);

/// Who got the message that is nearest to `around` of those with that id in their token, or with that Message-ID: ids of mail
/// servers come back. Status accepted: our server took it for them, and nothing more is known. Empty while there is no file.
std::vector<domain::SentMatch> find_stamped_by_id(const Options& options, std::string_view id,
                                                  std::optional<util::Seconds> around, std::size_t limit);
std::vector<domain::SentMatch> find_stamped_by_message_id(const Options& options, std::string_view message_id,
                                                          std::optional<util::Seconds> around, std::size_t limit);

/// A send log that also knows what was stamped; what `log` says of a recipient counts more. Safe to call from many threads
/// where `log` is.
std::unique_ptr<domain::SendLog> with_stamped(std::unique_ptr<domain::SendLog> log, const Options& options);

} // namespace jmrp::store
