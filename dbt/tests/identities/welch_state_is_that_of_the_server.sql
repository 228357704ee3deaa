-- The test from six numbers is the one from the values themselves, on the server of this run: the form of its state is
-- not documented. Control −1 and 1; the group 2, 4 and 6.
select
    tupleElement({{ welch_test('4 / sqrt(7 / 3)', '2', '3 / 7', '3', '4 / 7') }}, 2) as from_sums,
    tupleElement(
        arrayReduce('welchTTest(0.95)', [-1., 1., 2., 4., 6.], [0, 0, 1, 1, 1]::Array(UInt8)), 2
    ) as from_values
where not abs(from_sums - from_values) < 1e-9
