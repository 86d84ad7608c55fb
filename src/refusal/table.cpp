// The codes of Microsoft are those of blocks.md section 2, in its order. What follows them is what mail servers everywhere
// say, and at last what enhanced status codes say by themselves (RFC 3463).
#include <array>

#include "refusal/rules.hpp"

namespace jmrp::refusal {

namespace {

using C = domain::RejectionCategory;
using L = Listed;
using W = Where;

constexpr std::array rows = {
    // ---- Outlook.com lists our address
    Row{"s3140", C::ip_block, L::outlook_com, W::anywhere,
        R"(messagesfrom\[{ip}\]weren.{1,3}tsent.*ourblocklist\((?<code>a?s3140)\))", ""},
    Row{"s3150", C::ip_block, L::outlook_com, W::anywhere,
        R"(messagesfrom\[{ip}\]weren.{1,3}tsent.*ourblocklist\((?<code>a?s3150)\))", ""},
    Row{"sc001", C::ip_block, L::outlook_com, W::anywhere, "550-?(?<code>sc-001)", ""},
    Row{"sc002", C::ip_block, L::outlook_com, W::anywhere, "550-?(?<code>sc-002)", ""},
    Row{"sc003", C::ip_block, L::outlook_com, W::anywhere, "550-?(?<code>sc-003)", ""},
    Row{"sc004", C::ip_block, L::outlook_com, W::anywhere, "550-?(?<code>sc-004)", ""},
    Row{"dy001", C::ip_block, L::spamhaus, W::anywhere, "550-?(?<code>dy-001)", ""},
    Row{"dy002", C::ip_block, L::outlook_com, W::anywhere, "550-?(?<code>dy-002)", ""},
    Row{"ou001", C::ip_block, L::spamhaus, W::anywhere, "550-?(?<code>ou-001)", ""},
    Row{"ou002", C::ip_block, L::outlook_com, W::anywhere, "550-?(?<code>ou-002)", ""},
    Row{"blk-other", C::ip_block, L::outlook_com, W::anywhere,
        R"(messagesfrom\[?{ip}\]?weren.{1,3}tsent.*ourblocklist(?:\((?<code>a?s\d{2,9})\))?)", ""},
    // A server that reports it cut it short.
    Row{"blk-other", C::ip_block, L::outlook_com, W::anywhere,
        R"(55\d-?(?:5\.7\.\d{1,3})?unfortunately,messagesfrom\[?{ip}\]?weren.{1,3}tsent)", ""},

    // ---- come back later
    Row{"rp00x", C::rate_limit, L::outlook_com, W::microsoft, "421-?(?<code>rp-00[123])", ""},
    Row{"t650", C::rate_limit, L::outlook_com, W::microsoft,
        R"((?<code>4\.7\.650)themailserver\[{ip}\]hasbeentemporarilyratelimited)", ""},
    Row{"t651", C::rate_limit, L::outlook_com, W::microsoft,
        R"((?<code>4\.7\.651).*\[{ip}\]hasbeentemporarilyratelimited)", ""},
    Row{"t652", C::rate_limit, L::outlook_com, W::microsoft,
        R"((?<code>4\.7\.652).*\[{ip}\]hasexceeded(?:the)?maximumnumberofconnections)", ""},
    Row{"tconn", C::rate_limit, L::outlook_com, W::microsoft, "hasexceeded(?:the)?maximumnumberofmessagesperconnection",
        ""},
    Row{"t500", C::rate_limit, L::by_door, W::microsoft,
        R"((?<code>4\.7\.500)serverbusy\.pleasetryagainlaterfrom\[{ip}\])", ""},
    Row{"t550", C::rate_limit, L::office365, W::microsoft,
        R"((?<code>4\.7\.[5-8]\d\d)accessdenied,pleasetryagainlater)", ""},

    // ---- their trouble
    Row{"tpfa", C::other, L::outlook_com, W::microsoft, R"((?<code>4\.7\.700)pfaagentbusy)", ""},
    Row{"srv", C::other, L::by_door, W::microsoft, R"(temporaryservererror\.pleasetryagainlater)", ""},
    Row{"srv2", C::other, L::by_door, W::microsoft, "servicenotavailable", ""},
    Row{"srv3", C::other, L::by_door, W::microsoft, "insufficientsystemresources", ""},
    Row{"srv4", C::other, L::office365, W::microsoft, "organizationqueuequotaexceeded", ""},

    // ---- Spamhaus, asked by Microsoft
    Row{"sh-mf", C::authentication, L::spamhaus, W::microsoft, "mailfromdomainislistedinspamhaus", ""},
    Row{"sh-helo", C::authentication, L::spamhaus, W::microsoft, "helodomainislistedinspamhaus", ""},
    Row{"sh-ip", C::ip_block, L::spamhaus, W::not_elsewhere, R"(clienthost\[{ip}\]blockedusingspamhaus)", ""},

    // ---- Microsoft 365 lists our address
    Row{"o606", C::ip_block, L::office365, W::anywhere,
        R"((?<code>5\.7\.6[0-4]\d)accessdenied,bannedsendingip\[{ip}\])", ""},
    Row{"o511", C::ip_block, L::office365, W::anywhere, R"((?<code>5\.7\.511)accessdenied,bannedsender\[{ip}\])", ""},
    Row{"fblw", C::ip_block, L::office365, W::anywhere, R"(clienthost\[{ip}\]blockedusingfblw\d+)", ""},
    Row{"blist", C::ip_block, L::office365, W::not_elsewhere, R"(clienthost\[{ip}\]blockedusingblocklist\d)", ""},

    // ---- one customer's own list
    Row{"cust", C::third_party_block, L::office365, W::anywhere, "blockedby.*usingcustomerblocklist", ""},
    Row{"rej", C::third_party_block, L::office365, W::anywhere, R"((?<code>5\.7\.507)accessdenied,rejectedbyrecipient)",
        ""},

    // ---- our domain, our greeting, our form
    Row{"a515", C::authentication, L::outlook_com, W::microsoft,
        R"((?<code>5\.7\.515)accessdenied,sendingdomain\[?{d}\]?do)", ""},
    Row{"a509", C::authentication, L::by_door, W::microsoft, R"((?<code>5\.7\.509)accessdenied,sendingdomain\[{d}\])",
        ""},
    Row{"a023", C::authentication, L::office365, W::microsoft, R"((?<code>5\.7\.23).*senderpolicyframework)", ""},
    Row{"a512", C::other, L::office365, W::microsoft, R"((?<code>5\.7\.512).*rfc5322)", ""},
    Row{"helo", C::other, L::office365, W::microsoft, R"((?<code>5\.7\.506)accessdenied,badhelo)", ""},
    Row{"v6", C::authentication, L::office365, W::microsoft, R"((?<code>4\.7\.26).*ipv6)", ""},
    Row{"v6", C::authentication, L::office365, W::microsoft, "", R"([45]\.7\.(?:25|508|510))"},

    // ---- the recipient
    Row{"r550", C::recipient, L::outlook_com, W::microsoft,
        R"((?<code>5\.5\.0)requestedactionnottaken:mailboxunavailable)", ""},
    Row{"r541", C::recipient, L::office365, W::microsoft, "recipientaddressrejected:accessdenied", ""},
    Row{"r541", C::recipient, L::office365, W::microsoft, "", R"(5\.7\.50[45]|5\.1\.10)"},
    Row{"r521", C::recipient, L::by_door, W::microsoft, "", R"(5\.2\.12[12])"},
    Row{"rauth", C::recipient, L::office365, W::microsoft, R"(resolver\.rst\.(?:notauthorized|authrequired))", ""},
    Row{"rauth", C::recipient, L::office365, W::microsoft, "", R"(5\.7\.(?:12|124|13[3-6]))"},

    // ---- a customer of Microsoft sends through it
    Row{"ten", C::tenant, L::office365, W::microsoft, "", R"(5\.7\.(?:7[0-4]\d|750|50[123])|5\.1\.8)"},

    // ---- mail servers everywhere
    Row{"rate", C::rate_limit, L::nowhere, W::words,
        "gr[ea]ylist|ratelimit|throttl|(?:sending|message|mail|unusual|delivery)rate|toomany(?:concurrent|simultaneous|"
        "smtp|open)?(?:connections|sessions|messages|mails|e-?mails|requests)|connectionlimit|connectionfrequency|"
        "receivingmailat|frequencylimit|maximumnumberof(?:connections|messages|concurrent)|(?:hourly|daily)(?:message|"
        "sending)?limit|sendingtoofast|"
        "limitexceededforthisip|toomuchmail|deferredduetousercomplaints|unexpectedvolume",
        ""},
    Row{"reverse-name", C::authentication, L::nowhere, W::words,
        "reverse-?dns|(?:^|[^a-z])rdns|ptr(?:record|name|entry|look)|(?:no|missing|invalid|generic|validates?)ptr|"
        "reverse(?:client)?(?:hostname|host|name|lookup|mapping|address)|cannotfindyour(?:reverse)?host|"
        "forward-?confirmed|mismatchesclientip|dnsptr|nodnsaddress|hostnamelookup|ipnamelookup",
        ""},
    Row{"authentication", C::authentication, L::nowhere, W::words,
        "dmarc|dkim|senderpolicyframework|sender-?id(?:check|fail|entif)|spf(?:check|record|valid|fail|auth|soft|hard|"
        "polic|sett|lookup|test|result|include|[^a-z0-9]|$)|(?:fail\\w{0,4}|pass|violat\\w{1,4}|by|the|withyour|for)"
        "spf|"
        "purportedresponsible|unauthenticated(?:e-?mail|sender|mail)|senderaddress(?:is)?(?:rejected|"
        "notallowed)|senderverif|verificationfailedfor|"
        "(?:sender|mailfrom)domain.*(?:doesnotexist|notfound|mustexist|doesnotresolve)|domainofsender.*not",
        ""},
    Row{"authentication", C::authentication, L::nowhere, W::anywhere, "", R"([45]\.7\.2[0-6])"},
    Row{"dnsbl", C::third_party_block, L::nowhere, W::anywhere,
        R"(spamhaus|spamcop|barracudacentral|sorbs\.net|uceprotect|senderbase|senderscore|invaluement|dnsbl|)"
        R"((?:^|[^a-z])rbl|blacklist|blocklist|blockedusing|denylist|(?<!not)listed(?:in|at|by|on)|)"
        R"((?:poor|bad|low|no|sender|ip|domain)reputation|reputationofthe|clienthostrejected|bannedsending|)"
        R"((?:ip|ipaddress|host|server|network)(?:\[?{ip}\]?)?(?:is|was|hasbeen)?(?:blocked|banned|blacklisted|denied|)"
        R"(listed|rejected|notallowed|notpermitted)|notallowedtoconnect|accessfromyour|refused.{0,20}fromyourip|)"
        R"(connections?(?:from\S{0,60})?(?:refused|rejected|blocked|notaccepted)byadmin|abusiveip|[45]\.7\.1\[?{ip}\]?.{0,60}(?:blocked|rejected|refused|listed))",
        ""},
    Row{"no-mailbox", C::recipient, L::nowhere, W::words,
        "user(?:name)?(?:is)?unknown|unknown(?:user|recipient|mailbox|address|local|account|rcpt)|addressunknown|"
        "no(?:t)?such(?:a)?(?:user|mailbox|address|recipient|person|account|local|domainuser|email)|"
        "(?:user|mailbox|recipient|account|address|rcpt|mailaccount|email)(?:name|address|mailbox)?(?:[^.;:,]{0,16}?)"
        "(?:wasnotfound|isnotfound|notfound|does(?:not|n't)exist|notexist|couldnotbefound|couldn'tbefound|"
        "wasn'tfound|isn'tfound|isnotvalid|isinvalid|notvalid|notavailable|isunavailable|unavailable|notknown|"
        "notactive|isdisabled|disabled|inactive|suspended|isclosed|closed|isfrozen|islocked|hasexpired|deactivated|"
        "terminated|"
        "discontinued|nolonger\\w{3,12}|reject\\w{0,3}:nosuch)|"
        "invalid(?:final)?(?:delivery)?(?:recipient|mailbox|user|address|account|userid)|"
        "(?:unable|cannot|couldnot)(?:to)?find(?:the)?(?:recipient|user|mailbox)|nomailbox|badrecipient|"
        "bad(?:destination|address)|unrout(?:e)?able(?:mail)?(?:address|domain)|"
        "recipientaddressrejected:(?:user|un(?:known|deliver|verified)|nosuch|invalid)|recipnotfound|"
        "recipientnotfound|adr\\.recip|notlistedin(?:domino|publicname|nameand)|hasmoved|moved,pleasetry|"
        "notour(?:customer|user|member)|isnota(?:valid|known)|nolocalmailbox|nonexist(?:e|a)nt|"
        "does(?:not|n't)havea.{0,60}account|mailboxaccessrefused|nameandaddressbook|addresseedoesnotexist|unknown\\[?"
        "user",
        ""},
    Row{"full-mailbox", C::recipient, L::nowhere, W::words,
        "(?:mailbox|inbox|maildir|mailfolder)(?:\\S{0,40}?)(?:full|over-?quota|exceed|toolarge)|over(?:-|the)?quota|"
        "(?:disk|user|mail|storage|mailbox)quota|quotaexceeded|exceed(?:s|ed)?(?:the|its)?(?:allowed)?(?:storage|quota|"
        "mailbox|size)|insufficientdiskspace",
        ""},
    Row{"content", C::content, L::nowhere, W::words,
        "spam|virus|malware|phish|unsolicited|junk|blockedcontent|contentreject|messagecontent|contentfilter|"
        "suspicious|infected|attachment|rejectedduetocontent|content(?:is)?(?:denied|prohibited|blocked|rejected)|"
        "policy(?:violation|restriction|reason)|bulkmail|rejectedbyfilter|bannedwords?",
        ""},

    // ---- nothing but a code
    Row{"status-address", C::recipient, L::nowhere, W::anywhere, "", R"([45]\.1\.(?:[12346]|10))"},
    Row{"status-mailbox", C::recipient, L::nowhere, W::anywhere, "", R"([45]\.2\.[12])"},
};

} // namespace

std::span<const Row> table() {
    return rows;
}

} // namespace jmrp::refusal
