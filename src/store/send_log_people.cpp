// Which of some people got mail.
#include <unordered_map>

#include "store/send_log_file.hpp"

namespace jmrp::store {

void for_each_delivery_to(std::span<const domain::Address> people, util::Day first_day, util::Day last_day,
                          const Options& options,
                          const std::function<void(std::size_t person, util::Seconds sent_at)>& each) {
    const auto database = people.empty() ? nullptr : read_send_log(options);
    if (!database)
        return;
    std::unordered_map<std::int64_t, std::size_t> wanted;
    Statement servers(*database, "SELECT DISTINCT server FROM sent_route");
    while (servers.step())
        for (std::size_t i = 0; i < people.size(); ++i)
            wanted.emplace(key_of_recipient(servers.text(0), people[i]), i);
    // The index alone tells whom a row is about; only the rows of these people are read.
    Statement rows(*database, "SELECT recipient_key, id FROM sent INDEXED BY sent_delivery WHERE day = ?1");
    Statement row(*database, "SELECT recipient, at, deferrals FROM sent WHERE id = ?1 AND status = 0");
    for (util::Day day = first_day; day <= last_day; ++day)
        for (rows.bind(1, std::int64_t{day}); rows.step();) {
            const auto person = wanted.find(rows.number(0));
            if (person == wanted.end())
                continue;
            if (row.bind(1, rows.number(1)).step()) {
                const auto recipient = domain::parse_address(row.text(0)); // a key is cut: another may share it
                if (recipient && recipient->key() == people[person->second].key())
                    each(person->second, row.number(2) == 0 ? row.number(1) : util::Seconds{day} * 86'400);
            }
            row.reset();
        }
}

} // namespace jmrp::store
