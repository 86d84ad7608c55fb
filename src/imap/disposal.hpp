#pragma once
// What becomes of messages on the server once they are durable here, with what the server can.
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "domain/feed.hpp"
#include "imap/session.hpp"

namespace jmrp::imap {

class Disposal {
  public:
    /// Throws Fault(configuration) where the folder does not allow what is wanted.
    Disposal(Session& session, const domain::Mailbox& mailbox, const Selected& folder);

    /// Messages up to `last_uid`, all of them durable here, with which a former session did not come to its end; ascending.
    std::vector<std::uint32_t> left_over(std::uint32_t last_uid);
    /// Which of them are larger than that.
    std::vector<std::uint32_t> larger_than(std::span<const std::uint32_t> uids, std::size_t bytes);

    /// `uids` ascend. What the server refuses is told in the log, and from then on nothing is done: the next session tries it
    /// again. Messages that are gone are nobody's concern.
    /// `oversized` ones, of which only the beginning is here, go to their own folder unless all are left.
    void dispose(std::span<const std::uint32_t> uids, bool oversized);
    bool refused() const noexcept { return refused_; }

  private:
    using Uids = std::span<const std::uint32_t>;
    bool done(const Response& status, std::string_view attempt);
    void move(Uids uids, const std::string& folder);
    void erase(Uids uids);
    void expunge(Uids uids);

    Session& session_;
    const domain::Mailbox& mailbox_;
    domain::Afterwards afterwards_;
    bool refused_ = false;
    bool told_of_others_ = false;
    std::set<std::string, std::less<>> ensured_;
    std::set<std::uint32_t> marked_; ///< as deleted, by us
};

} // namespace jmrp::imap
