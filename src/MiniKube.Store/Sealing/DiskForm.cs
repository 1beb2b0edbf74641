namespace MiniKube.Store;

/// <summary>Between records as memory has them and records as the disk has them. Thread-safe.</summary>
internal sealed class DiskForm
{
    private readonly IValueSeal? _seal;
    private readonly bool _isRaw;
    private volatile bool _hasOldForms;

    /// <param name="seal">Null seals nothing, and refuses what is sealed.</param>
    public DiskForm(IValueSeal? seal)
        : this(seal, isRaw: false)
    {
    }

    private DiskForm(IValueSeal? seal, bool isRaw)
    {
        _seal = seal;
        _isRaw = isRaw;
    }

    /// <summary>Passes everything on as it is: for copying without keys.</summary>
    public static DiskForm Raw { get; } = new(seal: null, isRaw: true);

    /// <summary>True when something was read that a write today would put down differently.</summary>
    public bool HasOldForms => _hasOldForms;

    public ObjectRecord ToDisk(in ObjectRecord record)
        => _seal is null || record.Json.IsEmpty || !_seal.Covers(record.Key.Resource)
            ? record
            : record with { Json = _seal.Seal(record.Key, record.Json.Span) };

    /// <exception cref="StoreException">It is sealed, and there is no key that opens it.</exception>
    public ObjectRecord FromDisk(in ObjectRecord record)
    {
        if (_isRaw || record.Json.IsEmpty)
        {
            return record;
        }

        if (!SealedValue.TryRead(record.Json.Span, out var keyId, out _))
        {
            _hasOldForms |= _seal?.Covers(record.Key.Resource) == true;
            return record;
        }

        if (_seal is null)
        {
            throw new StoreException($"{record.Key} is encrypted with key {keyId}, and the store was opened without keys");
        }

        _hasOldForms |= keyId != _seal.WritingKey;
        return record with { Json = _seal.Open(record.Key, record.Json.Span) };
    }
}
