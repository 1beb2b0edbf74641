using System.Formats.Tar;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MiniKube.Runtimes;

/// <summary>
/// Writes a layer's tar into a directory overlayfs can use as a lower one: a whiteout (<c>.wh.NAME</c>) becomes a 0:0 device, an
/// opaque mark (<c>.wh..wh..opq</c>) an attribute of its directory.
/// https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
/// </summary>
internal sealed class LayerUnpacker : IDisposable
{
    private const string WhiteoutPrefix = ".wh.";
    private const string OpaqueMark = ".wh..wh..opq";
    private const string AttributePrefix = "SCHILY.xattr.";
    private const uint CharacterDevice = 0x2000;
    private const uint BlockDevice = 0x6000;
    private const uint Pipe = 0x1000;

    private readonly SafeFileHandle _root;
    private readonly List<(string Path, TarEntry Entry)> _directories = [];
    private (string Path, SafeFileHandle Handle)? _parent;

    public LayerUnpacker(string directory) => _root = LayerCalls.OpenRoot(directory);

    /// <summary>The bytes of the files written so far.</summary>
    public long Bytes { get; private set; }

    public async Task UnpackAsync(Stream tar, CancellationToken cancellationToken)
    {
        await using var reader = new TarReader(tar, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            await WriteAsync(entry, cancellationToken);
        }

        // Last, because writing into a directory changes its time. A later entry may have put a link in its place: what is
        // changed is what a process with this root would see there.
        foreach (var (path, entry) in _directories)
        {
            using var directory = LayerCalls.OpenDirectoryIn(_root, path);
            if (directory is not null)
            {
                SetProperties(directory, ".", entry);
            }
        }
    }

    public void Dispose()
    {
        _parent?.Handle.Dispose();
        _root.Dispose();
    }

    private async Task WriteAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        var path = Normalize(entry.Name);
        if (path.Length == 0 || entry.EntryType is TarEntryType.GlobalExtendedAttributes)
        {
            return;
        }

        var (parent, name) = Locate(path);
        if (name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
        {
            WriteWhiteout(parent, name);
            return;
        }

        if (entry.EntryType is TarEntryType.Directory)
        {
            WriteDirectory(parent, name, path, entry);
            return;
        }

        LayerCalls.RemoveIfThere(parent, name);
        await WriteContentAsync(parent, name, entry, cancellationToken);
        if (entry.EntryType is not TarEntryType.HardLink)
        {
            SetProperties(parent, name, entry);
        }
    }

    private static void WriteWhiteout(SafeFileHandle parent, string name)
    {
        if (name == OpaqueMark)
        {
            LayerCalls.SetAttribute(parent, ".", "trusted.overlay.opaque", "y"u8);
            return;
        }

        LayerCalls.RemoveIfThere(parent, name[WhiteoutPrefix.Length..]);
        LayerCalls.MakeNode(parent, name[WhiteoutPrefix.Length..], CharacterDevice, 0, 0);
    }

    private void WriteDirectory(SafeFileHandle parent, string name, string path, TarEntry entry)
    {
        if (!LayerCalls.TryMakeDirectory(parent, name) && !LayerCalls.IsDirectory(parent, name))
        {
            LayerCalls.RemoveIfThere(parent, name);
            LayerCalls.TryMakeDirectory(parent, name);
        }

        _directories.Add((path, entry));
    }

    private async Task WriteContentAsync(
        SafeFileHandle parent, string name, TarEntry entry, CancellationToken cancellationToken)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await WriteFileAsync(parent, name, entry, cancellationToken);
                break;
            case TarEntryType.SymbolicLink:
                LayerCalls.MakeSymbolicLink(entry.LinkName, parent, name);
                break;
            case TarEntryType.HardLink:
                MakeHardLink(parent, name, Normalize(entry.LinkName));
                break;
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice:
                var device = (PosixTarEntry)entry;
                var kind = entry.EntryType is TarEntryType.CharacterDevice ? CharacterDevice : BlockDevice;
                LayerCalls.MakeNode(parent, name, kind, device.DeviceMajor, device.DeviceMinor);
                break;
            case TarEntryType.Fifo:
                LayerCalls.MakeNode(parent, name, Pipe, 0, 0);
                break;
            default:
                throw new InvalidDataException($"{entry.Name} is of a kind ({entry.EntryType}) no layer may hold");
        }
    }

    private async Task WriteFileAsync(SafeFileHandle parent, string name, TarEntry entry, CancellationToken cancellationToken)
    {
        using var handle = LayerCalls.CreateFile(parent, name);
        await using var file = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        if (entry.DataStream is { } content)
        {
            await content.CopyToAsync(file, cancellationToken);
            Bytes += file.Position;
        }
    }

    private void MakeHardLink(SafeFileHandle parent, string name, string target)
    {
        var slash = target.LastIndexOf('/');
        using var targetParent = LayerCalls.OpenDirectoryIn(_root, slash < 0 ? "." : target[..slash])
            ?? throw new InvalidDataException($"{name} links to {target}, which is not in the layer");
        LayerCalls.MakeHardLink(targetParent, target[(slash + 1)..], parent, name);
    }

    private static void SetProperties(SafeFileHandle parent, string name, TarEntry entry)
    {
        LayerCalls.SetOwner(parent, name, entry.Uid, entry.Gid);
        if (entry is PaxTarEntry pax)
        {
            foreach (var (key, value) in pax.ExtendedAttributes)
            {
                // The reader knows attributes as text only; one that was not text is lost.
                if (key.StartsWith(AttributePrefix, StringComparison.Ordinal) && !value.Contains('\uFFFD'))
                {
                    LayerCalls.SetAttribute(parent, name, key[AttributePrefix.Length..], Encoding.UTF8.GetBytes(value));
                }
            }
        }

        if (entry.EntryType is not TarEntryType.SymbolicLink)
        {
            LayerCalls.SetMode(parent, name, entry.Mode); // After the owner: changing that clears set-user-id.
        }

        LayerCalls.SetModified(parent, name, entry.ModificationTime);
    }

    // Archives are written directory by directory, so the last parent is nearly always the next one.
    private (SafeFileHandle Parent, string Name) Locate(string path)
    {
        var slash = path.LastIndexOf('/');
        var directory = slash < 0 ? "." : path[..slash];
        if (_parent is not { } last || last.Path != directory)
        {
            _parent?.Handle.Dispose();
            _parent = null;
            _parent = last = (directory, LayerCalls.OpenDirectoryIn(_root, directory) ?? MakeParents(directory));
        }

        return (last.Handle, path[(slash + 1)..]);
    }

    private SafeFileHandle MakeParents(string directory)
    {
        var made = ".";
        foreach (var part in directory.Split('/'))
        {
            using var parent = LayerCalls.OpenDirectoryIn(_root, made)
                ?? throw new InvalidDataException($"{directory} leads through a link to nowhere");
            LayerCalls.TryMakeDirectory(parent, part);
            made = $"{made}/{part}";
        }

        return LayerCalls.OpenDirectoryIn(_root, directory)
            ?? throw new InvalidDataException($"{directory} leads through a link to nowhere");
    }

    private static string Normalize(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static part => part != ".").ToArray();
        return parts.Contains("..")
            ? throw new InvalidDataException($"{path} leads out of the layer")
            : string.Join('/', parts);
    }
}
