using System.Globalization;
using MiniKube.Store;

namespace MiniKube;

/// <summary>
/// Changes the keys of Secrets while everything runs. Each step is on the disk before the next begins: a new key is kept, then writes; all
/// files are written anew; only then are keys dropped that no file and no snapshot needs. Stopped anywhere, the next start goes on.
/// </summary>
/// <param name="root">The data directory.</param>
/// <param name="store">Its store, opened with the seal.</param>
/// <param name="seal">Its keys.</param>
/// <param name="snapshots">Where snapshots are: those without keys of their own need the ones here.</param>
/// <param name="time">For the age of keys.</param>
internal sealed class SecretEncryption(
    string root, ResourceStore store, SecretSeal seal, Func<SnapshotFolder> snapshots, TimeProvider time)
{
    /// <summary>Goes on with what a crash, or a version that did not encrypt, has left. Costs nothing when nothing is.</summary>
    public Task FinishAsync(CancellationToken cancellationToken)
        => seal.File.IsRewriting ? ReencryptAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>What the disk says now.</summary>
    public SecretStatus Status(CancellationToken cancellationToken) => SecretStatus.Of(root, seal.File, snapshots(), cancellationToken);

    /// <summary>A new key writes from now on; everything is encrypted with it when this returns.</summary>
    public Task<IEnumerable<string>> RotateAsync(CancellationToken cancellationToken)
    {
        seal.Keep(new SecretKeyFile([SecretKey.Make(time.GetUtcNow()), .. seal.File.Keys], IsRewriting: true));
        return ReencryptAsync(cancellationToken);
    }

    /// <summary>Encrypts everything with the key that writes, and drops those that nothing needs any more.</summary>
    public async Task<IEnumerable<string>> ReencryptAsync(CancellationToken cancellationToken)
    {
        if (!seal.File.IsRewriting)
        {
            seal.Keep(seal.File with { IsRewriting = true });
        }

        await store.RewriteAsync(cancellationToken);
        var status = Status(cancellationToken);
        seal.Keep(new SecretKeyFile(
            [.. seal.File.Keys.Where(key => key.Id == seal.WritingKey || status.IsNeeded(key.Id))],
            IsRewriting: status.Plain > 0 || seal.File.Keys.Skip(1).Any(key => status.Values.ContainsKey(key.Id))));
        return (status with { File = seal.File }).Lines();
    }
}

/// <summary>What the disk says about the encryption of Secrets.</summary>
/// <param name="File">The keys.</param>
/// <param name="Plain">Values that are not encrypted, in any file of the store.</param>
/// <param name="Values">How many values each key has encrypted.</param>
/// <param name="Snapshots">How many snapshots without keys of their own need each key.</param>
internal sealed record SecretStatus(
    SecretKeyFile File, int Plain, IReadOnlyDictionary<string, int> Values, IReadOnlyDictionary<string, int> Snapshots)
{
    public bool IsNeeded(string keyId) => Values.ContainsKey(keyId) || Snapshots.ContainsKey(keyId);

    /// <exception cref="CommandException">A file of the store cannot be read.</exception>
    public static SecretStatus Of(string root, SecretKeyFile file, SnapshotFolder snapshots, CancellationToken cancellationToken)
    {
        try
        {
            var usage = SealUsage.Of(Path.Combine(root, "store"), SecretSeal.Resource, cancellationToken);
            var needed = snapshots.List()
                .Where(static one => one.Manifest is { HasKeys: false, SecretKey: not null })
                .CountBy(static one => one.Manifest!.SecretKey!)
                .ToDictionary();
            return new SecretStatus(file, usage.Plain, usage.Sealed, needed);
        }
        catch (StoreException unreadable)
        {
            throw new CommandException($"nobody can tell which keys are needed: {unreadable.Message}", cause: unreadable);
        }
    }

    /// <summary>Lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"Secrets are encrypted with AES-256-GCM, key {File.Keys[0].Id}.";
        yield return File.IsRewriting
            ? "Older files are not encrypted with it yet: 'minikube secrets-encrypt reencrypt' finishes that, or the next start."
            : "All files of the store are.";
        yield return "KEY\tCREATED\tVALUES\tSNAPSHOTS\tUSE";
        foreach (var key in File.Keys)
        {
            yield return string.Join('\t',
                key.Id,
                key.Created.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                Count(Values, key.Id),
                Count(Snapshots, key.Id),
                key == File.Keys[0] ? "writes, reads" : "reads");
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"(none)\t\t{Plain}\t\tnot encrypted");
    }

    private static string Count(IReadOnlyDictionary<string, int> counts, string keyId)
        => counts.GetValueOrDefault(keyId).ToString(CultureInfo.InvariantCulture);
}
