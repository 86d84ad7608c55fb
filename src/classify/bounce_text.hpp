#pragma once
// What a bounce says to people: whose mail did not arrive, and what the refusing server answered.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "classify/text_address.hpp"
#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"

namespace jmrp::classify {

/// A notice's text, read once. Addresses are taken only where one of the known forms names them: after an anchor
/// phrase, before a colon at the begin of a line (qmail, Postfix), in a line of the SMTP dialogue.
class NoticeText {
  public:
    /// `text` must outlive this. `own` are the keys of addresses that the bounce is sent to or that sent the original:
    /// they count only where nobody else is named. At most `limits.recipients` are kept.
    NoticeText(std::string_view text, const std::vector<std::string>& own, const domain::Limits& limits);

    /// In the order of the text, each once. The action is "delayed" or "failed" as the text says.
    const std::vector<domain::BouncedRecipient>& recipients() const noexcept { return recipients_; }
    bool too_many() const noexcept { return too_many_; }
    bool speaks_of_failure() const noexcept { return failure_; }
    bool speaks_of_delay() const noexcept { return delay_; }

    /// The server's answer that names this address. With `alone`, where no other recipient can be meant, any answer.
    std::optional<std::string> answer_about(std::string_view address, bool alone) const;

    /// Sendmail's Diagnostic-Code ends with the first line of a reply of several ("550-5.7.1 ..."): the whole of it,
    /// from the transcript.
    std::optional<std::string> whole_reply(std::string_view first_line) const;

  private:
    struct Mention {
        std::size_t recipient = 0; ///< index into recipients_
        std::size_t line = 0;      ///< index into lines_
        std::size_t end = 0;       ///< behind the address in that line
        bool leads = false;        ///< the line begins with the address: what follows it is about it
    };
    /// A paragraph with a server's answer in it.
    struct Answer {
        std::size_t line = 0;
        bool reply_code = false; ///< "550 ...", not only an enhanced status code somewhere in it
        std::string text;
    };

    void find_answers();
    void find_after(const std::vector<std::size_t>& anchors);
    void find_in_dialogue(const std::vector<std::string>& own);
    void add_mention(const FoundAddress& found, std::size_t line, bool leads);
    void drop(const std::vector<std::string>& own);
    std::size_t line_of_next(std::size_t mention) const;
    std::string said_about(std::size_t mention) const;
    std::string paragraph_after(std::size_t line, std::size_t end) const;
    std::optional<std::string> answer_to(std::size_t recipient) const;

    std::size_t most_;
    std::vector<std::string_view> lines_;
    std::vector<std::size_t> offsets_; ///< of the lines in the text
    std::vector<Answer> answers_;
    std::vector<Mention> mentions_; ///< ascending by line
    std::vector<domain::BouncedRecipient> recipients_;
    bool too_many_ = false;
    bool failure_ = false;
    bool delay_ = false;
};

} // namespace jmrp::classify
