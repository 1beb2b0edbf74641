using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class SpdyHeaderTests
{
    // Three header blocks as zlib 1.2 compresses them with the dictionary, flushed after each; the later ones refer to the earlier.
    private const string First = "78f9e3c6a7c202253a48f95b044eea16061606409ab308125f99a074cc68004e892545a989b9d0c2863515141500000000ffff";
    private const string Second = "225333a8a44a04000000ffff";
    private const string Third = "02654bece5b4244e9f613709000000ffff";

    [Test]
    public void The_dictionary_is_the_protocols()
    {
        var (a, b) = (1u, 0u);
        foreach (var one in SpdyDictionary.Bytes)
        {
            a = (a + one) % 65_521;
            b = (b + a) % 65_521;
        }

        Assert.That((b << 16) | a, Is.EqualTo(SpdyDictionary.Id));
    }

    [Test]
    public void Blocks_of_one_connection_are_read_one_after_the_other()
    {
        using var reader = new SpdyHeaderReader();

        var first = reader.Read(Convert.FromHexString(First));
        var second = reader.Read(Convert.FromHexString(Second));
        var third = reader.Read(Convert.FromHexString(Third));

        Assert.That((first["port"], first["requestID"], first["streamType"]), Is.EqualTo(("8080", "0", "error")));
        Assert.That((second["port"], second["requestID"], second["streamType"]), Is.EqualTo(("8080", "0", "data")));
        Assert.That(third["accept-language"], Is.EqualTo("max-age=gzip,deflate,sdch"), "the dictionary is used");
    }

    [TestCase("", TestName = "Nothing_is_no_header_block")]
    [TestCase("789c0000", TestName = "A_stream_without_the_dictionary_is_refused")]
    [TestCase("78f900000000000000", TestName = "Another_dictionary_is_refused")]
    [TestCase("78f9e3c6a7c2ff00ff00", TestName = "A_broken_block_is_refused")]
    [TestCase("78f9e3c6a7c2000400fbffffffffff", TestName = "A_block_of_too_many_headers_is_refused")]
    public void What_is_no_header_block_is_refused(string hex)
    {
        using var reader = new SpdyHeaderReader();

        Assert.That(() => reader.Read(Convert.FromHexString(hex)), Throws.InstanceOf<SpdyException>());
    }
}
