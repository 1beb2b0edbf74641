using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube;

/// <summary>
/// Makes a data directory from a snapshot. Everything is read and checked first; then it is written beside, and put in place by
/// renames, the cluster's settings last: a server does not start on half a restore.
/// </summary>
internal sealed class SnapshotRestore(string root, TimeProvider time)
{
    private const string Staging = "restore-partial";
    private const string AsidePrefix = "before-restore-";
    private const string StoreName = "store";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // What may be in a directory that counts as empty: this process's lock, snapshots, and what restores left.
    private static readonly string[] Harmless = ["lock", "pid", "snapshots", SecretKeyFile.Name, Staging];

    // What belongs to the cluster that was; the node's images, volumes and running pods stay where they are.
    // The settings go first and come back last: without them, and with the staging directory there, a start is refused.
    private static readonly string[] Replaced = [ClusterSettings.FileName, StoreName, "admin.kubeconfig"];

    /// <summary>For the start of a server.</summary>
    /// <exception cref="CommandException">A restore was interrupted while it put things in place.</exception>
    public static void ThrowIfInterrupted(string root)
    {
        if (Directory.Exists(Path.Combine(root, Staging)) && !File.Exists(ClusterSettings.PathIn(root)))
        {
            throw new CommandException(
                $"a restore into {root} was interrupted; run 'minikube snapshot restore' again with --force, then start");
        }
    }

    /// <summary>Restores, or changes nothing.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="passphrase">Opens its keys; null leaves them out.</param>
    /// <param name="withoutKeys">True when that is what was asked for.</param>
    /// <param name="force">True moves aside what is there.</param>
    /// <param name="cancellationToken">Gives up, as long as nothing is in place.</param>
    /// <exception cref="CommandException">It cannot be done; one line that says why and what to do.</exception>
    public RestoredSnapshot Run(
        string file, string? passphrase, bool withoutKeys, bool force, CancellationToken cancellationToken)
    {
        ThrowIfInUse();
        ThrowIfOccupied(force);
        var content = Read(file, passphrase, withoutKeys, cancellationToken);
        var lostSecrets = SecretsLost(content);
        if (lostSecrets > 0)
        {
            content = withoutKeys
                ? content with { Objects = content.Objects.Without(SecretSeal.Resource) }
                : throw SecretsLocked(file, content.Manifest, lostSecrets);
        }

        using var held = DataDirectory.Open(root);
        ThrowIfOccupied(force);
        var staging = Path.Combine(root, Staging);
        if (Directory.Exists(staging))
        {
            Directory.Delete(staging, recursive: true);
        }

        var at = RevisionAfter(content.Manifest, time.GetUtcNow());
        Stage(staging, content, at, cancellationToken);
        var aside = MoveAside(content);
        PutInPlace(staging);
        return new RestoredSnapshot(content.Manifest, at, content.Keys is not null, lostSecrets, aside);
    }

    /// <summary>
    /// Where revisions go on: above everything the cluster can have handed out, so that no client ever sees them go back. What was
    /// written after the snapshot is not known, so this allows for more than any disk takes, for as long as the snapshot is old, and
    /// for a thousand million more in case the clock was wrong. A second restore of the same snapshot goes on above the first.
    /// </summary>
    public static Revision RevisionAfter(SnapshotManifest manifest, DateTimeOffset now)
    {
        const long margin = 1_000_000_000;
        const long writesPerSecondMax = 50_000;
        var age = Math.Max(0, (now - manifest.Taken).TotalSeconds);
        return new Revision(checked(manifest.Revision + margin + (long)(age * writesPerSecondMax)));
    }

    private static SnapshotContent Read(string file, string? passphrase, bool withoutKeys, CancellationToken cancellationToken)
    {
        try
        {
            using var snapshot = SnapshotReader.Open(file);
            var settings = (JsonNode.Parse(snapshot.ReadPart(SnapshotArchive.Cluster)) as JsonObject)
                ?? throw new InvalidDataException("its settings of the cluster are none");
            return new SnapshotContent(
                snapshot.Manifest, ReadKeys(file, snapshot, passphrase, withoutKeys), settings, snapshot.ReadObjects(cancellationToken));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{file} does not exist; 'minikube snapshot list' shows the snapshots there are", cause: missing);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or System.Text.Json.JsonException)
        {
            throw new CommandException($"{file} cannot be restored: {damaged.Message}; nothing was changed", cause: damaged);
        }
    }

    private static IReadOnlyDictionary<string, byte[]>? ReadKeys(
        string file, SnapshotReader snapshot, string? passphrase, bool withoutKeys)
    {
        if (!snapshot.Manifest.HasKeys)
        {
            return passphrase is null
                ? null
                : throw new CommandException(
                    $"{file} holds no keys of the cluster, so there is nothing a passphrase could open; leave it out");
        }

        // Also when the keys are not wanted: a snapshot is restored whole or not at all.
        var sealedKeys = snapshot.ReadPart(SnapshotArchive.Keys);
        if (passphrase is null)
        {
            return withoutKeys
                ? null
                : throw new CommandException(
                    $"{file} holds the cluster's keys: name the file with their passphrase by --passphrase-file, or leave them out with "
                    + "--without-keys (new ones are made, and every node has to join again)");
        }

        return SealedBytes.TryOpen(sealedKeys, passphrase) is { } packed
            ? KeyFiles.Unpack(packed)
            : throw new CommandException($"the passphrase does not open the keys in {file}; nothing was changed");
    }

    /// <summary>How many Secrets of the snapshot a server could not read: neither the snapshot nor the directory has their key.</summary>
    private int SecretsLost(SnapshotContent content)
    {
        var secrets = content.Manifest.Objects.GetValueOrDefault(SecretSeal.Resource);
        return secrets == 0 || content.Manifest.SecretKey is not { } keyId || content.Keys is not null
            || SecretKeyFile.Find(root)?.Keys.Any(key => key.Id == keyId) == true
            ? 0
            : secrets;
    }

    private CommandException SecretsLocked(string file, SnapshotManifest manifest, int secrets)
        => new($"the {secrets} Secrets in {file} are encrypted with key {manifest.SecretKey}, which is neither in it nor in {root}: put "
            + $"{SecretKeyFile.Name} of the server it was taken on into {root}, or leave the Secrets out with --without-keys");

    private void ThrowIfInUse()
    {
        if (DataDirectory.OwnerOf(root) is { } owner)
        {
            throw new CommandException(
                $"process {owner} runs on {root}; end it (SIGTERM leaves the pods running, 'minikube stop' ends them too), then restore");
        }
    }

    private void ThrowIfOccupied(bool force)
    {
        if (!force && Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Select(Path.GetFileName).Any(IsOccupying))
        {
            throw new CommandException(
                $"{root} is not empty; restore into another --data-dir, or move what is there aside with --force");
        }
    }

    private static bool IsOccupying(string? name)
        => !Harmless.Contains(name) && name?.StartsWith(AsidePrefix, StringComparison.Ordinal) != true;

    private void Stage(string staging, SnapshotContent content, Revision at, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(staging, OwnerOnly);
        content.Objects.CreateStore(Path.Combine(staging, StoreName), at, cancellationToken);
        if (content.Keys is { } keys)
        {
            KeyFiles.Write(staging, keys);
        }

        DurableFile.Write(Path.Combine(staging, ClusterSettings.FileName), Encoding.UTF8.GetBytes(SettingsHere(content.Settings)));
        foreach (var directory in Directory.EnumerateDirectories(staging, "*", SearchOption.AllDirectories).Prepend(staging))
        {
            DirectorySync.Sync(directory);
        }
    }

    // Which runtime has pods to be stopped is a matter of this machine, not of the one the snapshot is from.
    private string SettingsHere(JsonObject settings)
    {
        var here = SettingsBefore();
        settings["runtime"] = here?.Runtime;
        settings["dockerEndpoint"] = here?.DockerEndpoint;
        return settings.ToJsonString();
    }

    private ClusterSettings? SettingsBefore()
    {
        try
        {
            return ClusterSettings.Find(root);
        }
        catch (CommandException)
        {
            return null; // They are damaged; that may well be why somebody restores.
        }
    }

    private string? MoveAside(SnapshotContent content)
    {
        var present = Replaced.Concat(content.Keys is null ? [] : KeyFiles.Names)
            .Where(name => Path.Exists(Path.Combine(root, name)))
            .ToArray();
        if (present.Length == 0)
        {
            return null;
        }

        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        var aside = Path.Combine(root, AsidePrefix + stamp);
        Directory.CreateDirectory(aside, OwnerOnly);
        foreach (var name in present)
        {
            Move(Path.Combine(root, name), Path.Combine(aside, name));
        }

        // The store that is moved needs the keys that stay.
        if (content.Keys is null && File.Exists(SecretKeyFile.PathIn(root)))
        {
            File.Copy(SecretKeyFile.PathIn(root), SecretKeyFile.PathIn(aside));
        }

        DirectorySync.Sync(aside);
        DirectorySync.Sync(root);
        return aside;
    }

    private void PutInPlace(string staging)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(staging)
            .OrderBy(static path => Path.GetFileName(path) == ClusterSettings.FileName ? 1 : 0))
        {
            Move(path, Path.Combine(root, Path.GetFileName(path)));
            DirectorySync.Sync(root);
        }

        Directory.Delete(staging);
    }

    private static void Move(string from, string to)
    {
        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to);
        }
    }

    private sealed record SnapshotContent(
        SnapshotManifest Manifest, IReadOnlyDictionary<string, byte[]>? Keys, JsonObject Settings, StoreContent Objects);
}

/// <summary>What a restore did.</summary>
/// <param name="Manifest">What the snapshot says of itself.</param>
/// <param name="At">The revision the cluster goes on from.</param>
/// <param name="HasKeys">True when the keys were restored too.</param>
/// <param name="SecretsLost">How many Secrets were left out, because nothing here opens them.</param>
/// <param name="Aside">Where what was there before is now; null when there was nothing.</param>
internal sealed record RestoredSnapshot(SnapshotManifest Manifest, Revision At, bool HasKeys, int SecretsLost, string? Aside);
