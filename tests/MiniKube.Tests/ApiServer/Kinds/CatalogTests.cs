using System.Text;
using k8s;
using k8s.Models;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Kinds;

/// <summary>What holds for every kind of the catalog, and so for the next one too.</summary>
[TestFixtureSource(typeof(Catalog), nameof(Catalog.Kinds))]
public sealed class CatalogTests(Catalog.Entry entry)
{
    private readonly ResourceDefinition _kind = entry.Definition;

    [Test]
    public void The_model_agrees_about_group_version_and_kind()
    {
        var entity = _kind.ObjectType.GetCustomAttributes(typeof(KubernetesEntityAttribute), inherit: false)
            .Cast<KubernetesEntityAttribute>()
            .Single();

        // Models of kinds that are never stored have no plural name.
        var plural = entity.PluralName.Length > 0 ? entity.PluralName : $"{_kind.Singular}s";
        Assert.That((entity.Group, entity.ApiVersion, entity.Kind, plural),
            Is.EqualTo((_kind.Gvk.Group, _kind.Gvk.Version, _kind.Gvk.Kind, _kind.Gvr.Resource)));
    }

    [Test]
    public void Names_of_the_kind_are_its_own()
    {
        // What is measured has the name of what it is measured of.
        var others = ResourceCatalog.BuiltIn.Where(
            other => other.StoredAs != _kind.StoredAs && other is not IMeasured && _kind is not IMeasured);
        var taken = others.SelectMany(other => other.ShortNames.Append(other.Singular).Append(other.Gvr.Resource));

        Assert.That(_kind.ShortNames.Append(_kind.Singular).Append(_kind.Gvr.Resource).Intersect(taken), Is.Empty);
    }

    [Test]
    public void An_empty_object_gets_defaults_that_are_stable()
    {
        var item = Minimal();
        _kind.ApplyDefaults(item);
        var once = _kind.Encode(item);

        _kind.ApplyDefaults(item);

        Assert.That(Encoding.UTF8.GetString(_kind.Encode(item)), Is.EqualTo(Encoding.UTF8.GetString(once)));
    }

    [Test]
    public void Stored_bytes_read_and_written_again_are_the_same()
    {
        var item = Created();
        var bytes = _kind.Encode(item);

        var again = _kind.Encode(_kind.Decode(bytes));

        Assert.That(Encoding.UTF8.GetString(again), Is.EqualTo(Encoding.UTF8.GetString(bytes)));
    }

    [Test]
    public void Every_column_and_field_has_a_value_for_an_object_just_created()
    {
        var item = Created();
        var now = DateTimeOffset.UnixEpoch;

        Assert.That(() => TableLayout.Of(_kind).Select(column => column.Value(item, now)).ToList(), Throws.Nothing);
        Assert.That(_kind.SelectableFields.Select(field => _kind.FieldValue(item, field)), Has.None.Null);
    }

    [Test]
    public void An_update_that_changes_nothing_stays_that_way()
    {
        var (item, old) = (Created(), Created());

        _kind.ApplyDefaults(item);
        _kind.PrepareForUpdate(item, old);

        Assert.That(Encoding.UTF8.GetString(_kind.Encode(item)), Is.EqualTo(Encoding.UTF8.GetString(_kind.Encode(old))));
    }

    [Test]
    public void Empty_objects_are_validated_without_a_crash()
    {
        var (item, old) = (Created(), Created());
        var errors = new MiniKube.Api.FieldErrors();

        Assert.That(() => _kind.Validate(item, errors), Throws.Nothing);
        Assert.That(() => _kind.ValidateUpdate(item, old, errors), Throws.Nothing);
    }

    private IKubernetesObject<V1ObjectMeta> Created()
    {
        var item = Minimal();
        _kind.ApplyDefaults(item);
        _kind.PrepareForCreate(item);
        return item;
    }

    private IKubernetesObject<V1ObjectMeta> Minimal()
    {
        var space = _kind.Scope == Scope.Namespaced ? ",\"namespace\":\"default\"" : "";
        var json = Encoding.UTF8.GetBytes($$$"""{"metadata":{"name":"a"{{{space}}}}}""");
        return StrictDecoder.Decode(_kind, json, FieldValidation.Strict).Item;
    }
}
