using MiniKube.ApiServer;

namespace MiniKube;

/// <summary>The settings of the audit log, named as kube-apiserver's.</summary>
internal sealed class AuditFlags
{
    private readonly TextSetting _policy = new("audit-policy-file", "FILE", "what the audit log tells: an audit.k8s.io/v1 Policy");
    private readonly TextSetting _log = new("audit-log-path", "FILE", "where the audit log goes; '-' is standard output");
    private readonly TextSetting _size = new("audit-log-maxsize", "MB", "size at which the audit log is renamed, 0 for never (100)");
    private readonly TextSetting _backups = new("audit-log-maxbackup", "N", "how many renamed audit logs are kept, 0 for all (0)");
    private readonly TextSetting _age = new("audit-log-maxage", "DAYS", "how long renamed audit logs are kept, 0 for ever (0)");

    public IReadOnlyList<Setting> All => [_policy, _log, _size, _backups, _age];

    /// <summary>Null when there is no audit log.</summary>
    /// <exception cref="CommandException">One of the two files is named without the other.</exception>
    public AuditOptions? Read(SettingSources sources)
    {
        var policy = _policy.Find(sources)?.Value;
        var log = _log.Find(sources)?.Value;
        if (policy is null || log is null)
        {
            return policy is null && log is null
                ? null
                : throw CommandException.Usage("an audit log needs both --audit-policy-file and --audit-log-path");
        }

        return new AuditOptions
        {
            PolicyFile = Path.GetFullPath(policy),
            LogPath = log == "-" ? log : Path.GetFullPath(log),
            SizeMaxMebibytes = _size.Read(sources, SettingText.CountOrNone, 100),
            BackupsMax = _backups.Read(sources, SettingText.CountOrNone, 0),
            AgeMaxDays = _age.Read(sources, SettingText.CountOrNone, 0),
        };
    }
}
