using System.Security.Cryptography;
using System.Text;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube;

/// <summary>
/// Encrypts Secrets for the disk with AES-256-GCM, a new nonce each time, and the object's key as associated data: what belongs to one
/// Secret does not open as another. Keys are on the disk before anything is sealed with them. Thread-safe.
/// </summary>
internal sealed class SecretSeal : IValueSeal
{
    /// <summary>The resource that is sealed.</summary>
    public const string Resource = "secrets";

    private readonly string _root;
    private volatile SecretKeyFile _file;
    private bool _isNew;

    private SecretSeal(string root, SecretKeyFile file, bool isNew)
    {
        _root = root;
        _file = file;
        _isNew = isNew;
    }

    /// <summary>The keys now.</summary>
    public SecretKeyFile File => _file;

    public string WritingKey => _file.Keys[0].Id;

    /// <summary>The keys of a data directory; one that has none gets a key once it is known that nothing in it needs another.</summary>
    /// <exception cref="CommandException">The key file is damaged.</exception>
    public static SecretSeal Open(string root, TimeProvider time)
        => SecretKeyFile.Find(root) is { } known
            ? new SecretSeal(root, known, isNew: false)
            : new SecretSeal(root, new SecretKeyFile([SecretKey.Make(time.GetUtcNow())], IsRewriting: false), isNew: true);

    public bool Covers(string resource) => resource == Resource;

    public void Begin(bool hasOldForms)
    {
        if (_isNew || hasOldForms)
        {
            Keep(_file with { IsRewriting = _file.IsRewriting || hasOldForms });
            _isNew = false;
        }
    }

    /// <summary>Saves, then uses: a crash between the two leaves a key that nothing needs.</summary>
    public void Keep(SecretKeyFile next)
    {
        next.Save(_root);
        _file = next;
    }

    public byte[] Seal(ResourceKey key, ReadOnlySpan<byte> json)
    {
        var writing = _file.Keys[0];
        var head = SealedValue.Head(writing.Id);
        var nonceAt = head.Length;
        var contentAt = nonceAt + AesGcm.NonceByteSizes.MaxSize;
        var value = new byte[contentAt + json.Length + AesGcm.TagByteSizes.MaxSize];
        head.CopyTo(value, 0);
        var nonce = value.AsSpan(nonceAt..contentAt);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(writing.Secret, AesGcm.TagByteSizes.MaxSize);
        aes.Encrypt(
            nonce,
            json,
            value.AsSpan(contentAt, json.Length),
            value.AsSpan(contentAt + json.Length),
            Encoding.UTF8.GetBytes(key.ToString()));
        return value;
    }

    public byte[] Open(ResourceKey key, ReadOnlySpan<byte> value)
    {
        if (!SealedValue.TryRead(value, out var keyId, out var nonceAt)
            || _file.Keys.FirstOrDefault(one => one.Id == keyId) is not { } opening)
        {
            throw new StoreException(
                $"the Secret {key.Object} is encrypted with key {keyId}, which is not in {SecretKeyFile.PathIn(_root)}: put that file back "
                + "from a backup of the data directory or from a snapshot with keys. Nothing was changed");
        }

        var contentAt = nonceAt + AesGcm.NonceByteSizes.MaxSize;
        var length = value.Length - contentAt - AesGcm.TagByteSizes.MaxSize;
        if (length < 0)
        {
            throw Damaged(key, keyId, cause: null);
        }

        var json = new byte[length];
        try
        {
            using var aes = new AesGcm(opening.Secret, AesGcm.TagByteSizes.MaxSize);
            aes.Decrypt(
                value[nonceAt..contentAt],
                value.Slice(contentAt, length),
                value[(contentAt + length)..],
                json,
                Encoding.UTF8.GetBytes(key.ToString()));
            return json;
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw Damaged(key, keyId, mismatch);
        }
    }

    private static StoreException Damaged(ResourceKey key, string keyId, Exception? cause)
        => new($"the Secret {key.Object} does not open with key {keyId}: what is stored there was changed, or belongs to another "
            + "object; restore the data directory from a backup. Nothing was changed", cause);
}
