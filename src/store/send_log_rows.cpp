// What one line of a log changes in the send log. Lines come in any order, and again: the end is the same.
#include <algorithm>

#include "store/send_log_writer.hpp"
#include "util/text.hpp"

namespace jmrp::store {

namespace {

/// A log's clock is a little off, and lines of the same second may be in any order.
constexpr util::Seconds same_moment = 2;
/// Whether a server gives such a queue id to another message some day: Postfix does with the short ones, which are
/// hexadecimal; the long ones and those of Exim hold the time.
bool reusable(std::string_view queue_id) {
    return std::all_of(queue_id.begin(), queue_id.end(),
                       [](char c) { return util::is_digit(c) || (c >= 'A' && c <= 'F'); });
}

} // namespace

std::int64_t SendLogWriter::State::route_of(const domain::SentRecord& record) {
    const std::string ip = record.source_ip ? record.source_ip->text() : std::string();
    std::string key = record.server + '\0' + record.relay + '\0' + record.provider + '\0' + ip;
    const auto known = route_ids.find(key);
    if (known != route_ids.end())
        return known->second;
    for (Statement* statement : {&insert_route, &find_route})
        statement->bind(1, record.server).bind(2, record.relay).bind(3, record.provider).bind(4, ip);
    insert_route.step();
    find_route.step();
    const std::int64_t id = find_route.number(0);
    find_route.reset();
    if (route_ids.size() > 100'000)
        route_ids.clear();
    route_ids.emplace(std::move(key), id);
    return id;
}

const Route& SendLogWriter::State::route(std::int64_t id) {
    const auto known = routes.find(id);
    if (known != routes.end())
        return known->second;
    if (routes.size() > 100'000)
        routes.clear();
    Route row;
    read_route.bind(1, id);
    if (read_route.step()) {
        row.source_ip = read_route.text(0);
        row.provider = read_route.text(1);
        read_route.reset();
    }
    return routes.emplace(id, std::move(row)).first->second;
}

void SendLogWriter::State::count(util::Seconds at, std::int64_t route_id, SentStatus status, int difference) {
    const Route& way = route(route_id);
    counts[{util::day_of(at), way.source_ip, way.provider}].by_status[static_cast<std::size_t>(status)] += difference;
    hours.count(way.provider, way.source_ip, status, at, difference);
}

std::optional<std::int64_t> SendLogWriter::State::name_of(const domain::SentRecord& record) {
    if (record.message_id)
        return key_of_message(*record.message_id);
    const std::int64_t key = key_of_name(record.server, record.queue_id);
    const util::Seconds latest = record.at + same_moment;
    const Name* best = nullptr;
    if (const auto found = names.find(key); found != names.end())
        for (const Name& name : found->second)
            if (name.at <= latest && record.at <= name.until.value_or(record.at) + same_moment &&
                (!best || name.at >= best->at))
                best = &name;
    find_name.bind(1, key)
        .bind(2, record.at - util::Seconds{longest_in_queue} * 86400)
        .bind(3, latest)
        .bind(4, 2 * same_moment);
    std::optional<std::int64_t> out;
    if (find_name.step()) {
        if (!best || find_name.number(0) > best->at)
            out = find_name.number(1);
        find_name.reset();
    }
    if (!out && best)
        out = best->message_key;
    return out || reusable(record.queue_id) ? out : name_of_sibling(record);
}

/// Of another recipient of the same message, where the name itself is gone.
std::optional<std::int64_t> SendLogWriter::State::name_of_sibling(const domain::SentRecord& record) {
    const util::Day day = util::day_of(record.at);
    for (util::Day one = std::max(first_day, day - longest_in_queue); one <= std::min(last_day, day + longest_in_queue);
         ++one) {
        find_sibling.bind(1, std::int64_t{one}).bind(2, key_of_queue(record.queue_id)).bind(3, record.server);
        if (find_sibling.step()) {
            const std::int64_t key = find_sibling.number(0);
            find_sibling.reset();
            return key;
        }
    }
    return std::nullopt;
}

bool SendLogWriter::State::has_rows(const domain::SentEnd& end) {
    const std::int64_t queue_key = key_of_queue(end.queue_id);
    const util::Day last = std::min(last_day, util::day_of(end.at + same_moment));
    for (util::Day day = last; day >= std::max(first_day, util::day_of(end.at) - longest_in_queue); --day) {
        find_sibling.bind(1, std::int64_t{day}).bind(2, queue_key).bind(3, end.server);
        if (find_sibling.step()) {
            find_sibling.reset();
            return true;
        }
    }
    return false;
}

std::optional<Found> SendLogWriter::State::row_at(util::Day day, const Keys& keys) {
    find_row.bind(1, std::int64_t{day}).bind(2, keys.queue).bind(3, keys.recipient);
    if (!find_row.step())
        return std::nullopt;
    Found row;
    row.id = find_row.number(0);
    row.day = static_cast<util::Day>(find_row.number(1));
    row.status = static_cast<SentStatus>(find_row.number(2));
    row.at = find_row.number(3);
    row.route = find_row.number(4);
    row.named = !find_row.is_null(5);
    find_row.reset();
    return row;
}

/// The row that an attempt on another day made.
std::optional<Found> SendLogWriter::State::row_of_earlier_attempt(util::Day day, const Keys& keys, SentStatus status) {
    find_deferral.bind(1, keys.queue)
        .bind(2, keys.recipient)
        .bind(3, std::int64_t{day - longest_in_queue})
        .bind(4, std::int64_t{day + longest_in_queue});
    if (find_deferral.step()) {
        const auto found = static_cast<util::Day>(find_deferral.number(0));
        find_deferral.reset();
        if (auto row = row_at(found, keys))
            return row;
    }
    // Logs may be read in any order: what was put off here may have arrived on a day that was read before.
    if (status == SentStatus::deferred)
        for (util::Day later = day + 1; later <= std::min(last_day, day + longest_in_queue); ++later)
            if (auto row = row_at(later, keys))
                return row;
    return std::nullopt;
}

bool SendLogWriter::State::insert(const domain::SentRecord& record, util::Day day, const Keys& keys,
                                  std::int64_t route_id) {
    const std::string recipient = record.recipient.text();
    insert_row.bind(1, std::int64_t{day}).bind(2, keys.queue).bind(3, keys.recipient);
    if (keys.message)
        insert_row.bind(4, *keys.message);
    else
        insert_row.bind_null(4);
    insert_row.bind(5, recipient)
        .bind(6, route_id)
        .bind(7, static_cast<std::int64_t>(record.status))
        .bind(8, record.at)
        .bind(9, std::int64_t{0});
    insert_row.step();
    return database.changes() > 0;
}

void SendLogWriter::State::change(const Found& row, const domain::SentRecord& record, std::int64_t route_id) {
    update_row.bind(1, row.id).bind(2, static_cast<std::int64_t>(record.status)).bind(3, record.at).bind(4, route_id);
    update_row.step();
}

void SendLogWriter::State::take(const domain::SentRecord& record) {
    const util::Day day = util::day_of(record.at);
    const bool deferred = record.status == SentStatus::deferred;
    const Keys keys{key_of_queue(record.queue_id), key_of_recipient(record.server, record.recipient), name_of(record)};
    const std::int64_t route_id = route_of(record);

    std::optional<Found> row = row_of_earlier_attempt(day, keys, record.status);
    bool inserted = false;
    if (!row) {
        inserted = insert(record, day, keys, route_id);
        first_day = std::min(first_day, day);
        last_day = std::max(last_day, day);
        row = inserted ? Found{database.last_id(), day, record.status, record.at, route_id, keys.message.has_value()}
                       : row_at(day, keys);
        if (!row)
            return; // cannot be: it was in the way of the insertion
    }
    if (!row->named && keys.message) {
        name_row.bind(1, row->id).bind(2, *keys.message);
        name_row.step();
    }
    bool fresh = inserted;
    if (deferred) {
        insert_deferral.bind(1, keys.queue).bind(2, keys.recipient).bind(3, record.at).bind(4, std::int64_t{row->day});
        insert_deferral.step();
        fresh = database.changes() > 0;
        if (fresh) {
            add_deferral_to_row.bind(1, row->id);
            add_deferral_to_row.step();
            if (!inserted && row->status == SentStatus::deferred && record.at > row->at)
                change(*row, record, route_id);
        }
    } else if (!inserted) {
        const bool first_word = row->status == SentStatus::deferred;
        const bool last_word = record.at > row->at || (record.at == row->at && record.status < row->status);
        fresh = first_word || last_word;
        if (fresh) {
            if (!first_word) // one delivery, one final count
                count(row->at, row->route, row->status, -1);
            change(*row, record, route_id);
        }
    }
    if (fresh) {
        count(record.at, route_id, record.status, 1);
        if (record.refused)
            hours.add(*record.refused, record.at);
    }
    ++(fresh ? added.fresh : added.known);
}

void SendLogWriter::State::take(const domain::SentName& name) {
    const std::int64_t message_key = name.message_id.empty() ? 0 : key_of_message(name.message_id);
    auto& known = names[key_of_name(name.server, name.queue_id)];
    known.push_back({name.at, message_key, std::nullopt});
    // Deliveries that were read before this line.
    const std::int64_t queue_key = key_of_queue(name.queue_id);
    const util::Day first = util::day_of(name.at - same_moment);
    for (util::Day day = first; day <= std::min(last_day, first + longest_in_queue); ++day) {
        std::vector<std::int64_t> ids;
        find_unnamed.bind(1, std::int64_t{day}).bind(2, queue_key).bind(3, name.at - same_moment).bind(4, name.server);
        while (find_unnamed.step())
            ids.push_back(find_unnamed.number(0));
        for (const std::int64_t id : ids) {
            name_row.bind(1, id).bind(2, message_key);
            name_row.step();
        }
    }
}

void SendLogWriter::State::take(const domain::SentEnd& end) {
    const std::int64_t key = key_of_name(end.server, end.queue_id);
    const util::Seconds latest = end.at + same_moment;
    const bool served = has_rows(end);
    if (const auto found = names.find(key); found != names.end()) {
        if (served)
            std::erase_if(found->second, [&](const Name& name) { return name.at <= latest; });
        for (Name& name : found->second)
            if (name.at <= latest && !name.until)
                name.until = end.at;
        if (found->second.empty())
            names.erase(found);
    }
    // Logs may be read in any order: without a delivery so far, one may come.
    Statement& statement = served ? delete_name : end_name;
    statement.bind(1, key).bind(2, latest);
    if (!served)
        statement.bind(3, end.at);
    statement.step();
}

void SendLogWriter::State::write_names() {
    for (const auto& [key, known] : names)
        for (const Name& name : known) {
            insert_name.bind(1, key).bind(2, name.at).bind(3, name.message_key);
            if (name.until)
                insert_name.bind(4, *name.until);
            else
                insert_name.bind_null(4);
            insert_name.step();
        }
    names.clear();
}

void SendLogWriter::State::write_counts() {
    for (const auto& [key, sums] : counts) {
        const auto& [day, source_ip, provider] = key;
        add_count.bind(1, std::int64_t{day}).bind(2, source_ip).bind(3, provider);
        for (int i = 0; i < 3; ++i)
            add_count.bind(4 + i, sums.by_status[i]);
        add_count.step();
    }
    counts.clear();
}

} // namespace jmrp::store
