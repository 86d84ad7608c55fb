#include "cli/commands/commands.hpp"
#include "cli/doctor/checks.hpp"
#include "cli/feeds.hpp"
#include "cli/json.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {json_option};
constexpr std::size_t newest_reports = 50;
constexpr util::Day remembered_days = 400;

/// The configuration, or in `fault` why there is none to be had; then only the places are known.
Config read_config(const Invocation& invocation, std::string& fault) {
    try {
        return load_config(invocation.value("config"), invocation.value("database"));
    } catch (const util::Fault& caught) {
        fault = caught.what();
    }
    Config config;
    config.file = locate_config(invocation.value("config")).file;
    config.database = locate_database(invocation.value("database"), {});
    use_token_keys(config, {});
    return config;
}

void look_into_store(Patient& patient) {
    store::Options how;
    how.path = patient.config.database;
    how.busy_timeout_ms = patient.config.busy_timeout_ms;
    how.create = false;
    try {
        store::Store store(how);
        reputation::Observed observed;
        observed.now = patient.now;
        observed.days = store.feed_days(util::day_of(observed.now) - remembered_days);
        observed.backlog = store.backlog();
        observed.mailboxes = polled_feeds(patient.config, store);
        patient.waiting_for_dkim = store.dkim_waiting_count();
        patient.recent = look_at_recent_mail(store, patient.config.rules, newest_reports);
        patient.observed = std::move(observed);
        patient.send_log = store::send_log_status(how);
        patient.stamped = store::stamped_status(how);
    } catch (const util::Fault& fault) {
        if (fault.kind() != util::FaultKind::not_found)
            patient.store_fault = fault.what();
    }
}

constexpr std::size_t state_width = 9;
constexpr std::size_t name_width = 16;

void print_check(const DoctorCheck& check, const Diagnosis& diagnosis) {
    std::string line(domain::to_text(diagnosis.state));
    line.resize(state_width, ' ');
    line += check.name;
    line.resize(state_width + name_width, ' ');
    print_line(line + util::for_terminal(diagnosis.found, 1000));
    if (diagnosis.state == State::ok)
        return;
    const std::string margin(state_width + name_width, ' ');
    print_line(margin + "good for: " + check.purpose);
    for (const std::string& remedy : diagnosis.remedy)
        print_line(margin + "> " + util::for_terminal(remedy, 1000));
}

ExitStatus run(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    std::string fault;
    const Config config = read_config(invocation, fault);
    const Machine machine = Machine::here();
    Patient patient{.config = config,
                    .config_fault = fault,
                    .store_fault = {},
                    .service = find_service_user(config.database),
                    .machine = machine,
                    .server = detect_mail_server(machine),
                    .border = {},
                    .observed = {},
                    .recent = {},
                    .waiting_for_dkim = 0,
                    .send_log = {},
                    .stamped = {},
                    .now = util::now()};
    patient.border = detect_border(machine, patient.server);
    look_into_store(patient);
    bool well = true;
    Json list = Json::array();
    for (const DoctorCheck& check : doctor_checks()) {
        const Diagnosis diagnosis = check.look(patient);
        well = well && (diagnosis.state == State::ok || diagnosis.state == State::unknown);
        if (invocation.json())
            list.push_back({{"check", check.name},
                            {"state", domain::to_text(diagnosis.state)},
                            {"found", diagnosis.found},
                            {"purpose", check.purpose},
                            {"remedy", diagnosis.remedy}});
        else
            print_check(check, diagnosis);
    }
    if (invocation.json())
        print_json({{"format_version", format_version}, {"well", well}, {"checks", std::move(list)}});
    return well ? ExitStatus::ok : ExitStatus::warning;
}

} // namespace

const Command doctor_command{"doctor",
                             "[--json]",
                             "what is missing or broken on the road a report takes, and what to do about it",
                             "sudo jmrp doctor",
                             options,
                             run,
                             false};

} // namespace jmrp::cli
