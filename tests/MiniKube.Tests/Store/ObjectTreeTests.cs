using MiniKube.Api;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class ObjectTreeTests
{
    [TestCase(1, 50)]
    [TestCase(2, 300)]
    [TestCase(3, 20_000)]
    public void A_tree_is_what_a_sorted_dictionary_would_be(int seed, int keys)
    {
        var random = new Random(seed);
        var tree = ObjectTree.Empty;
        var model = new SortedDictionary<ResourceKey, StoredObject>();

        for (var step = 0; step < 20_000; step++)
        {
            var key = Drafts.Pod($"p{random.Next(keys)}", $"ns{random.Next(3)}");
            if (random.Next(5) < 2 && model.Remove(key))
            {
                tree = tree.Without(key);
            }
            else
            {
                var item = ObjectOf(key, step);
                tree = tree.With(item);
                model[key] = item;
            }
        }

        Assert.That(All(tree), Is.EqualTo(model.Values));
        Assert.That(tree.Count, Is.EqualTo(model.Count));
        AssertPositions(tree, [.. model.Keys]);
    }

    [Test]
    public void A_tree_emptied_one_by_one_is_empty()
    {
        var keys = Enumerable.Range(0, 10_000).Select(static index => Drafts.Pod($"p{index:D5}")).ToArray();
        var tree = keys.Aggregate(ObjectTree.Empty, static (tree, key) => tree.With(ObjectOf(key, 1)));
        new Random(4).Shuffle(keys);

        var emptied = keys.Aggregate(tree, static (tree, key) => tree.Without(key));

        Assert.That(emptied.Count, Is.Zero);
        Assert.That(tree.Count, Is.EqualTo(keys.Length), "the tree before is as it was");
    }

    private static void AssertPositions(ObjectTree tree, ResourceKey[] keys)
    {
        for (var index = 0; index < keys.Length; index += 17)
        {
            var one = new StoredObject[1];
            tree.CopyTo(index, one);

            Assert.That(one[0].Key, Is.EqualTo(keys[index]));
            Assert.That(tree.Find(keys[index]), Is.SameAs(one[0]));
            Assert.That(tree.CountBefore(keys[index]), Is.EqualTo(index));
            Assert.That(tree.CountBefore(keys[index] with { Name = keys[index].Name + '\0' }), Is.EqualTo(index + 1));
        }
    }

    private static StoredObject[] All(ObjectTree tree)
    {
        var all = new StoredObject[tree.Count];
        tree.CopyTo(0, all);
        return all;
    }

    private static StoredObject ObjectOf(ResourceKey key, long revision)
        => new(key, new Revision(revision), new Revision(revision), default, 0);
}
