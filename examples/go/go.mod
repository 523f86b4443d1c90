module example.invalid/oc

go 1.19
