#pragma once
// Who must not be written to, and why.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/names.hpp"
#include "domain/scope.hpp"
#include "domain/subscriber.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

/// The strongest first, of those by mail.
enum class Reason { complaint, unsubscribe, bounce, manual, imported };
template <>
struct Names<Reason> {
    static constexpr std::pair<Reason, std::string_view> table[] = {{Reason::complaint, "complaint"},
                                                                    {Reason::unsubscribe, "unsubscribe"},
                                                                    {Reason::bounce, "bounce"},
                                                                    {Reason::manual, "manual"},
                                                                    {Reason::imported, "import"}};
};

/// What a person decides about somebody, or a file that a person reads in.
struct SuppressionDecision {
    Person person;
    Scope scope;
    bool add = true; ///< false: the suppression is lifted; a report that comes later suppresses again
    Reason reason = Reason::manual;
    std::string note;
    bool sticky = false; ///< lifted only by somebody who means sticky ones too
    std::optional<util::Seconds> expires_at;
    std::string decided_by;
    util::Seconds decided_at = 0;
};

/// What is known about one person and one scope: all that reports and people said, summed up.
struct Suppression {
    std::string key;    ///< key_of()
    std::string person; ///< text_of(), as the first report spells it
    Scope scope;
    bool active = false;
    Reason reason = Reason::manual; ///< the strongest of those in force; where none is, of those that were
    std::int64_t reports = 0;
    std::int64_t complaints = 0;
    std::int64_t unsubscribes = 0;
    std::optional<util::Seconds> first_at; ///< receipt of the first report about it
    std::optional<util::Seconds> last_at;
    std::int64_t message_id = 0; ///< the newest report that suppresses; 0: none does
    /// A person's last word; nothing where nobody spoke.
    struct Decision {
        bool add = true;
        std::string note;
        bool sticky = false;
        std::optional<util::Seconds> expires_at;
        util::Seconds at = 0;
    };
    std::optional<Decision> decision;
};

/// Which suppressions somebody asks for.
struct SuppressionFilter {
    /// Those in force for mail of this scope. Nothing: all, whatever their scope, which is the careful answer where somebody
    /// does not say what mail is meant.
    std::optional<Scope> scope;
    std::vector<Reason> reasons; ///< empty: all

    bool takes(const Scope& other) const { return !scope || covers(other, *scope); }
    bool takes(const Suppression& suppression) const;
    bool operator==(const SuppressionFilter&) const = default;
};

} // namespace jmrp::domain
