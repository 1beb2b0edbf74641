namespace MiniKube;

/// <summary>The settings of a server's own snapshots.</summary>
internal sealed class SnapshotFlags
{
    private readonly TextSetting _schedule
        = new("snapshot-schedule", "CRON", $"when snapshots are taken, or off ({SnapshotSchedule.Default})");

    private readonly TextSetting _retention = new("snapshot-retention", "N", "how many scheduled snapshots are kept (5)");
    private readonly TextSetting _directory = new("snapshot-dir", "DIR", "where snapshots go (DATA/snapshots)");

    private readonly TextSetting _passphraseFile = new(
        "snapshot-passphrase-file", "FILE", "scheduled snapshots take the cluster's keys along, encrypted under this passphrase");

    public IReadOnlyList<Setting> All => [_schedule, _retention, _directory, _passphraseFile];

    public SnapshotSchedule? ReadSchedule(SettingSources sources)
        => _schedule.Read<SnapshotSchedule?>(
            sources, static text => text == "off" ? null : SnapshotSchedule.Parse(text), SnapshotSchedule.Default);

    public int ReadRetention(SettingSources sources) => _retention.Read(sources, SettingText.Count, 5);

    public string? ReadDirectory(SettingSources sources)
        => _directory.Find(sources) is { } directory ? Path.GetFullPath(directory.Value) : null;

    public string? ReadPassphraseFile(SettingSources sources)
        => _passphraseFile.Find(sources) is { } file ? Path.GetFullPath(file.Value) : null;
}
