#pragma once
// The list of suppressions as requests to the servers of other programs: one row a target, and what their answers mean. Pure.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/suppression.hpp"

namespace jmrp::exports {

/// One thing to be said: somebody is suppressed, or is not any more.
struct Change {
    bool add = true;
    domain::Suppression suppression;
};

struct Request {
    std::string method;
    std::string path;             ///< after the server's URL, values in it percent-encoded
    std::string body;             ///< empty: none
    const char* type = "";        ///< of the body
    const char* header = nullptr; ///< one more, whole
};

struct Reply {
    int status = 0;
    std::string body; ///< the beginning of a long one
};

/// What came of a batch. Nothing here holds a word of the server's: it may name people.
struct Verdict {
    enum class Kind {
        done,    ///< all of it, `refused` apart
        refused, ///< as a whole, for what it says; of one row: for good
        wrong,   ///< for something that a person must put right; nothing was taken
    };
    Kind kind = Kind::done;
    std::string why;
    std::int64_t refused = 0; ///< rows of a batch that else was taken
};

/// What requests say besides the change.
struct Place {
    std::string list; ///< the list, stream or domain of the target's own words; empty: all
};

/// The next request of the talk about a batch, given what was answered so far, or what came of it. Answers that ask for a later
/// try (is_passing()) are not among them.
using Step = std::variant<Request, Verdict>;
using Talk = Step (*)(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);

/// How whoever asks is known to the server.
enum class Login {
    basic,     ///< user and secret, RFC 7617
    bearer,    ///< the secret in Authorization, RFC 6750
    header,    ///< the secret in a header of the target's own
    signature, ///< the secret signs time and body
    aws,       ///< user and secret sign all of it (Signature Version 4)
    form,      ///< the secret is not asked for
};

struct Target {
    const char* name;
    const char* purpose; ///< for people
    Talk talk;
    Login login;
    std::size_t most_added;   ///< in one batch
    std::size_t most_removed; ///< 0: it knows no word for it
    const char* system = "";  ///< of domain::Subscriber, where it knows its own subscribers; "*": anybody's
    bool has_scopes = false;  ///< says the scope: a row a person and scope, else a row a person
    bool needs_list = false;  ///< Place::list
    const char* header = "";  ///< of Login::header, up to the secret; of Login::aws, the service
    const char* user = "";    ///< where the configuration names none
    bool subscribers_need_list = false;
    bool (*takes)(std::string_view address) = nullptr; ///< false where it means something else to it; null: all
    /// Whether a reply that a later try would seem to mend is an answer, which its talk reads; null: none is.
    bool (*is_final)(const Reply& reply) = nullptr;
};

std::span<const Target> targets();
const Target* find_target(std::string_view name);

/// Whether a change can be said to it at all: a value that it has no place for, or that cannot be carried whole, is left out.
bool carries(const Target& target, const Place& place, const domain::Suppression& suppression);

/// 408, 425, 429 and all of 5xx: the same request may be taken later, unless the target knows better.
bool is_passing(const Target& target, const Reply& reply);

} // namespace jmrp::exports
