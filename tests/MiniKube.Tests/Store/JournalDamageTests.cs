using System.Buffers.Binary;
using MiniKube.Api;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>What a crash can do to a journal is repaired; what it cannot have done is refused.</summary>
public sealed class JournalDamageTests
{
    private const int Writes = 8;

    private static readonly string Journal = SegmentName.Of(Revision.Zero.Next);

    [Test, CancelAfter(60_000)]
    public async Task A_journal_cut_anywhere_is_the_writes_that_are_whole(CancellationToken cancellationToken)
    {
        var (disk, ends) = await WriteAsync(cancellationToken);
        var whole = disk.ReadAll(Journal);

        for (var length = 0; length <= whole.Length; length++)
        {
            var cut = disk.Copy();
            cut.WriteAll(Journal, whole[..length]);
            var expected = ends.Count(end => end <= length);

            await AssertHoldsAsync(cut, expected, cancellationToken);
            await AssertHoldsAsync(cut.Crashed(new Random(length)), expected + 1, cancellationToken);
        }
    }

    [Test, CancelAfter(20_000)]
    public async Task A_cut_is_durable_before_anything_is_written_behind_it(CancellationToken cancellationToken)
    {
        var (disk, ends) = await WriteAsync(cancellationToken);
        disk.WriteAll(Journal, disk.ReadAll(Journal)[..(ends[2] - 100)]);
        await using var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment);

        var left = Enumerable.Range(1, 20).Select(seed => disk.Crashed(new Random(seed)).ReadAll(Journal).Length);

        Assert.That(left, Is.All.EqualTo(ends[1]));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_journal_with_a_bit_flipped_anywhere_is_refused_and_left_alone(CancellationToken cancellationToken)
    {
        var (disk, _) = await WriteAsync(cancellationToken);
        var whole = disk.ReadAll(Journal);

        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= (byte)(1 << (at % 7));
            disk.WriteAll(Journal, damaged);

            var error = Assert.Throws<StoreException>(() => StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment));

            Assert.That(error!.Message, Does.StartWith($"/fake/{Journal} is damaged at byte ").And.Contain("backup"));
            Assert.That(disk.ReadAll(Journal), Is.EqualTo(damaged));
        }
    }

    [Test, CancelAfter(20_000)]
    public async Task A_message_about_damage_says_where_it_is(CancellationToken cancellationToken)
    {
        var (disk, ends) = await WriteAsync(cancellationToken);
        var bytes = disk.ReadAll(Journal);
        bytes[ends[2] + FrameHeader.Bytes + 3] ^= 0xFF;
        disk.WriteAll(Journal, bytes);

        var error = Assert.Throws<StoreException>(() => StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment));

        Assert.That(error!.Message, Does.Contain($"is damaged at byte {ends[2]}, at revision 4;"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_whole_write_overwritten_with_zeros_in_the_middle_is_refused(CancellationToken cancellationToken)
    {
        var (disk, ends) = await WriteAsync(cancellationToken);
        var bytes = disk.ReadAll(Journal);
        bytes.AsSpan(ends[2]..ends[4]).Clear();
        disk.WriteAll(Journal, bytes);

        Assert.Throws<StoreException>(() => StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_missing_journal_file_is_refused_naming_the_revisions(CancellationToken cancellationToken)
    {
        var (disk, _) = await WriteAsync(cancellationToken);
        disk.WriteAll(SegmentName.Of(new Revision(12)), HeaderOf(new Revision(12), SegmentHeader.FormatVersion));

        var error = Assert.Throws<StoreException>(() => StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment));

        Assert.That(error!.Message, Does.Contain("lacks revisions 9 to 11"));
    }

    [Test]
    public void A_journal_of_a_newer_format_is_refused_naming_both()
    {
        var disk = new FakeDisk();
        disk.WriteAll(Journal, HeaderOf(Revision.Zero.Next, version: 3));

        var error = Assert.Throws<StoreException>(() => StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment));

        Assert.That(error!.Message, Does.Contain("has format 3, this version reads 2"));
    }

    private static byte[] HeaderOf(Revision first, int version)
    {
        var header = new byte[SegmentHeader.Bytes];
        SegmentHeader.Write(header, first);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), version);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), Crc32C.Of(header.AsSpan(0, 28)));
        return header;
    }

    /// <summary>A journal of a few writes, each with a frame of its own, and where each frame ends.</summary>
    private static async Task<(FakeDisk Disk, int[] Ends)> WriteAsync(CancellationToken cancellationToken)
    {
        var disk = new FakeDisk();
        await using var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment);
        var ends = new int[Writes];
        for (var write = 0; write < Writes; write++)
        {
            // The third is longer than a sector.
            var value = new string('x', write == 2 ? 700 : 10 * write);
            await store.CreateAsync(Drafts.Pod($"p{write}"), Drafts.Of(value), cancellationToken);
            ends[write] = disk.ReadAll(Journal).Length;
        }

        return (disk, ends);
    }

    /// <summary>The store has that many writes and takes another.</summary>
    private static async Task AssertHoldsAsync(FakeDisk disk, int writes, CancellationToken cancellationToken)
    {
        await using var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment);
        Assert.That(store.Current, Is.EqualTo(new Revision(writes)));
        Assert.That(store.List(new ListRequest(new KeyRange("pods"))).Objects, Has.Count.EqualTo(writes));

        await store.CreateAsync(Drafts.Pod($"more-{writes}"), Drafts.Of("x"), cancellationToken);
    }
}
