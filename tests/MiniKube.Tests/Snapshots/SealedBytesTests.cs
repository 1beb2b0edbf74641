namespace MiniKube.Tests;

public sealed class SealedBytesTests
{
    private const string Passphrase = "correct horse battery staple";

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(65_536)]
    [TestCase(65_537)]
    [TestCase(200_000)]
    public void What_was_sealed_opens_with_its_passphrase_and_no_other(int length)
    {
        var plain = new byte[length];
        new Random(7).NextBytes(plain);

        var closed = SealedBytes.Seal(plain, Passphrase);

        Assert.That(SealedBytes.TryOpen(closed, Passphrase), Is.EqualTo(plain));
        Assert.That(SealedBytes.TryOpen(closed, Passphrase + "r"), Is.Null);
    }

    [TestCase(12, TestName = "A_changed_salt_is_noticed")]
    [TestCase(30, TestName = "A_changed_nonce_is_noticed")]
    [TestCase(36, TestName = "A_changed_first_piece_is_noticed")]
    [TestCase(36 + 65_536, TestName = "A_changed_tag_is_noticed")]
    [TestCase(36 + 65_552, TestName = "A_changed_last_piece_is_noticed")]
    public void A_changed_byte_is_noticed(int at)
    {
        var closed = SealedBytes.Seal(new byte[70_000], Passphrase);

        closed[at] ^= 1;

        Assert.That(SealedBytes.TryOpen(closed, Passphrase), Is.Null);
    }

    [Test]
    public void Pieces_cannot_be_dropped_or_swapped()
    {
        const int head = 36;
        const int piece = 65_536 + 16;
        var closed = SealedBytes.Seal(new byte[3 * 65_536], Passphrase);
        var (first, second) = (closed[head..(head + piece)], closed[(head + piece)..(head + (2 * piece))]);
        byte[] swapped = [.. closed[..head], .. second, .. first, .. closed[(head + (2 * piece))..]];

        Assert.That(SealedBytes.TryOpen(closed.AsSpan(0, head + (2 * piece)), Passphrase), Is.Null);
        Assert.That(SealedBytes.TryOpen(swapped, Passphrase), Is.Null);
        Assert.That(SealedBytes.TryOpen(closed.AsSpan(0, closed.Length - 5), Passphrase), Is.Null);
    }

    [Test]
    public void A_head_that_is_not_ours_is_refused()
    {
        var closed = SealedBytes.Seal([1, 2, 3], Passphrase);
        closed[11] = 0x7f; // More iterations than anybody waits for.

        Assert.Throws<InvalidDataException>(() => SealedBytes.TryOpen(closed, Passphrase));
        Assert.Throws<InvalidDataException>(() => SealedBytes.TryOpen(new byte[100], Passphrase));
        Assert.Throws<InvalidDataException>(() => SealedBytes.TryOpen([], Passphrase));
    }
}
